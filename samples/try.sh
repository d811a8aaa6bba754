#!/bin/sh
# The main job on a copy of the sample folder, with the builtin model. Everything happens in ./try.
set -eu
cd "$(dirname "$0")/.."
rm -rf try
mkdir -p try
cp -R samples/clients try/Clients
export CONFRERE_HOME="$PWD/try/home" CONFRERE_LANG="${CONFRERE_LANG:-}"
unset CONFRERE_MODEL
case "${CONFRERE_LANG:-${LC_ALL:-${LANG:-}}}" in
fr*)
  brief="Classe ces fichiers par client, crée un tableau récapitulatif des montants et une présentation de 8 slides"
  back="Le dossier est try/Clients. Pour tout remettre comme avant, ici :"
  ;;
*)
  brief="Sort these files by client, make a recap table of the amounts and an 8-slide deck"
  back="The folder is try/Clients. To put everything back, from here:"
  ;;
esac
[ -n "$CONFRERE_LANG" ] || unset CONFRERE_LANG
echo "\$ confrere run \"$brief\" --folder try/Clients --yes"
.venv/bin/confrere run "$brief" --folder try/Clients --yes
echo
echo "$back"
echo "  CONFRERE_HOME=try/home .venv/bin/confrere undo last"
