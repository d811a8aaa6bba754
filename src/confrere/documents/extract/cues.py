"""The turns of phrase by which people decide, promise, ask and leave open, French and English, over folded text."""

from __future__ import annotations

import re

DECIDED = re.compile(
    r"\b(?:il (?:a ete|est) (?:decide|convenu|acte|retenu)|(?:nous avons|on a|avons) (?:decide|convenu|acte|retenu|tranche|"
    r"valide)|on decide|nous decidons|(?<!avez )(?<!avait )(?<!avaient )decide[nt]? (?:de|d'|que|a l'unanimite)|"
    r"(?<!qui )(?:est|sont|a ete|ont ete) (?:adoptee?s?|approuvee?s?|validee?s?|retenue?s?|actee?s?|votee?s?|enterinee?s?)|(?:comite|"
    r"assemblee|conseil|equipe|direction|groupe|on|nous) (?:valide|validons|adopte|approuve|retient|vote)\b|"
    r"on est (?:tous |toutes )?d'accord(?! (?:sur le fait|avec))|c'est (?:decide|acte|valide|entendu)|on (?:part|reste|"
    r"s'arrete) sur|on retient|on prend (?:ce|cette|le|la|l')|(?<!d')accord (?:pour|est donne)|"
    r"(?:we|they|the (?:team|board|group|committee|meeting))(?: have|'ve| has)? (?:decided|agreed|resolved|approved|"
    r"settled on|chose)|it was (?:decided|agreed|resolved|approved)|(?:was|were|is|are) (?:approved|adopted|carried)\b|"
    r"let's decide\b|we go (?:with|for)\b|we(?:'re| are) (?:going|gonna go) (?:with|for)\b|let's go (?:with|for)|"
    r"we(?:'ll| will) go (?:with|for)|(?:so )?(?:that's|it's) (?:decided|settled|agreed)|final decision|unanimously|resolved that|"
    r"agreed to|agreed that|(?:so )?we(?:'re| are) not (?:going to|gonna) (?!have\b|be\b|get\b|make\b|know\b|say\b)|we(?:'ll| will) (?:stick|keep) (?:to|with))"
)
ONLY_DECIDED = re.compile(
    r"^\W*(?:(?:ok|bon|donc|alors|voila|parfait|so|right|good|great|then)\W+)*(?:c'est|it's|it is|that's|that is|all|nous sommes|on est|we are|we're)?\s?"
    r"(?:tous |all |toutes )?(?:decide|acte|valide|entendu|settled|decided|agreed|approved|d'accord)\W*$"
)
DECISION_LABEL = re.compile(r"^\W*(?:decisions?|decided|resolutions?|resolved|agreed)\s*(?:n°?\s?\d+|\d+)?\s*[:–-]\s*\S")
UNDECIDED = re.compile(
    r"(?:not (?:been )?(?:decided|agreed)|no decision|n'(?:a|est|avons|ont) pas (?:encore )?(?:ete )?(?:decide|tranche|retenu|valide)|"
    r"pas encore decide|decision (?:was |is |est |a ete )?(?:postponed|deferred|reportee|differee|ajournee)|haven't (?:yet )?decided|"
    r"if we (?:decide|agree)|si (?:on|nous) decid|should we|yet to be decided|need(?:s)? to decide|have to decide|"
    r"doit etre valide|a valider)"
)
RECALLED = re.compile(
    r"(?:what we(?:'ve| have)? (?:decided|agreed)|(?:decided|agreed)(?: \w+)? (?:earlier|before|already|last)|already (?:decided|agreed)|"
    r"(?:deja|avait|avions|avons deja) (?:decide|valide)|ce qu'on (?:a|avait) decide)"
)
"""A decision of another day, only called to mind."""
ACTION_LABEL = re.compile(r"^\W*(?:actions?|action item|todo|to do|a faire|task|tache|next step)\s*(?:n°?\s?\d+|\d+)?\s*[:–-]\s*(?=\S)")
_ADVERB = r"(?:(?:aussi|egalement|juste|alors|donc|maintenant|quand meme|peut-etre|bien) )?"
FIRST = re.compile(
    r"\b(?:je (?:m'(?:en )?occupe|me charge|vais (?:vous |te |lui |leur |le |la |les |l'|en |y |me )?(?!dire|etre|pas |repeter|revenir|"
    r"repondre|commencer|finir|conclure|essayer d|citer|rappeler|expliquer|parler|terminer|ajouter|donner|avoir|faire (?:court|vite|simple)|"
    r"passer|prendre un|poser|lire|partager mon)[a-z]+(?:er|ir|re|oir)\b)|"
    r"(?:je |j')(?:vous |te |lui |leur |le |la |l'|les |nous )?(?:envoie|"
    r"enverrai|prepare|preparerai|contacte|contacterai|appelle|appellerai|verifie|verifierai|redige|redigerai|"
    r"reserve|reserverai|commande|commanderai|transmets|transmettrai|relance|relancerai|organise|organiserai|finalise|finaliserai)\b|"
    r"i(?:'ll| will|'m going to|'m gonna) (?:just |also |then |try (?:and|to) |make sure (?:to |that )?)?(?:send|prepare|check|write|call|book|"
    r"contact|draft|update|share|look into|look at|follow up|organi[sz]e|arrange|set up|finish|review|take care|put up|post|email|e-mail|"
    r"ask|find out|circulate|produce|schedule|order|raise|confirm|chase|invite|speak to|talk to|get back|bring|provide|compile|"
    r"research|report back|fix|submit|deliver|do (?:some|the|a)|put (?:the|some|together))\b)"
)
PROMISE = re.compile(
    r"\b(?:(?:je |j')(?:m'en |me |m'|le |la |les |l'|vous |te |t'|lui |leur |en )*"
    r"(?!ne\b|n'|ai\b|avais|suis|etais|sais|savais|pense|crois|veux|trouve|dis|rappelle|peux|dois|puis|souhaite|voudrais|crains|recommande|propose|"
    r"constate|regrette|espere|estime|considere|demande|vois|prends (?:un|l')|note|vais|tiens|serai|pourrai|consacrerai|aurai|attends|comprends|reste|viens|dirais|dirai|aimerais|voulais)"
    r"[a-z]{3,}|i(?:'ll| will|'m going to|'m gonna)\s(?!be\b|have\b|not\b|never\b|always\b|say\b|start\b|show\b|explain\b|speak about\b|talk about\b|tell\b|go (?:on|through|over|back)\b|begin\b|act\b|try\b|just (?:say|go|show|put)\b|have\b))"
)
"""The first person of a verb: a commitment when an end is set in the sentence too."""
PASSIVE = re.compile(r"\b(?:doi(?:t|vent) etre|devra(?:ient|it)? etre|must be|needs? to be|has to be|have to be|should be|is to be)\b")
_DOING = (
    r"(?:complete|send|prepare|fill|do|put|bring|read|review|write|submit|finish|look|work|check|post|update|call|book|draft|share|research|"
    r"follow|organi[sz]e|arrange|set|take|ask|find|contact|confirm)"
)
ALL = re.compile(
    r"\b(?:(?:chacune?|tout le monde|tous) (?:doit|doivent|devra|devront|prepare|preparent|envoie|envoient|fait|va|vont|complete|remplit)\b|"
    r"vous (?:allez|devez|devrez) (?:tous|toutes|chacune?) [a-z]+(?:er|ir|re|oir)\b|"
    r"(?:everyone|everybody|each (?:of (?:us|you)|one)) "
    rf"(?:will |should |has to |have to |needs? to |to |is to |could |must |can )?{_DOING}\b|"
    rf"we(?:'re| are| will|'ll)? (?:(?:all|each) |(?:gonna|going to) (?:all|each) )(?:have to |need to |should |to |gonna )?{_DOING}\b|"
    rf"if everyone could {_DOING}\b|your individual (?:actions|assignments|tasks))"
)
"""What is asked of everybody."""
SECOND = re.compile(
    rf"\b(?:(?:tu peux|peux[- ]tu|pourrais[- ]tu|tu pourrais|pouvez[- ]vous|vous pouvez|pourriez[- ]vous|tu pourras|vous pourrez|merci de|"
    rf"il faut que tu|tu dois|tu devras) {_ADVERB}(?:me |nous |lui |leur |le |la |l'|les )?[a-z]+(?:er|ir|re|oir)\b|"
    rf"(?:pense|pensez) {_ADVERB}a (?!l')[a-z]+(?:er|ir|re|oir)\b|n'oublie(?:z)? pas (?:de |d')[a-z]+|"
    r"(?:envoie|envoyez|prepare|preparez|appelle|appelez|verifie|verifiez|relance|relancez|transmets|transmettez|fais|faites|mets|mettez)-"
    r"(?:moi|nous|lui|leur|le|la|les)\b|"
    rf"(?:can|could|will|would) you (?:please |also |just |then |maybe )?(?!put\b|do\b){_DOING}\b|please {_DOING}\b|(?:don't forget|remember|make sure you|be sure) (?:to )?{_DOING}|"
    rf"you(?:'ll| will|'re going to|'re gonna)(?: all| each)? (?:be |have to |need to )?(?:{_DOING}|looking|working|researching)\b)|"
    r"^\W*(?:(?:so|and|then|ok|okay|um|uh)\W+)*(?:send|email|e-mail) (?:me|us) (?:your|the|a|an|that|those)\b"
)
THIRD = (
    r"(?:doit|devra|doivent|va|vont|se charge(?:nt)?|s'occupe(?:nt)?|s'en charge|s'engage(?:nt)?|est (?:chargee?|responsable)|"
    r"sont (?:chargee?s)|prend en charge|fera|enverra|contactera|preparera|appellera|redigera|verifiera|organisera|commandera|"
    r"transmettra|presentera|proposera|reservera|finalisera|mettra|relancera|prepare|envoie|redige|contacte|"
    r"will|to|is to|are to|should|shall|must|needs to|has to|agreed to|is responsible|takes care|is going to|'ll)"
)
URGENT = re.compile(
    r"\b(?:urgente?s?|urgently|asap|prioritaire|priorite (?:haute|1|absolue)|high priority|top priority|critical|critique|"
    r"immediately|immediatement|des que possible|au plus vite|as soon as possible|right away|imperatif|imperativement|sans faute)\b"
)
LATER = re.compile(
    r"\b(?:pas (?:tres |si )?urgent|not (?:very |that )?urgent|low priority|priorite basse|quand (?:tu|vous) (?:peux|pouvez|as le temps|avez le temps|auras|aurez)|when you (?:can|"
    r"get a chance|have time)|no rush|rien ne presse|a l'occasion)\b"
)
OPEN = re.compile(
    r"\b(?:reste a (?:definir|decider|determiner|voir|trancher|confirmer|clarifier)|a (?:definir|determiner|confirmer|"
    r"clarifier|trancher|preciser)\b|question (?:reste|ouverte)|points? (?:reste |restent )?ouverts?|en suspens|on verra|a revoir|on en reparle|"
    r"pas encore (?:decide|tranche|defini)|n'a pas ete tranche|"
    r"to be (?:decided|determined|confirmed|defined|clarified)|tbd|tbc|open (?:question|issue|point)|remains (?:open|to be)|"
    r"still (?:open|unclear|need to decide|don't know)|not (?:yet )?(?:decided|clear)|we(?:'re| are) not sure (?:if|whether|about)|postponed|"
    r"leave (?:it|that|this) open|deferred|we need to (?:find out|decide|figure out|check)|haven't decided|come back to (?:this|that)|reportee|ajournee|"
    r"differee)"
)
UNKNOWN = re.compile(
    r"\b(?:je ne sais pas|on ne sait pas|aucune idee|bonne question|i (?:honestly |really )?(?:don't|do not) know|we don't know|no idea|good question)\b"
)
"""What leaves a question open, where one was just asked."""
GROUP = re.compile(
    r"\b(?:qui|quand|combien|quel(?:le)?s?|faut-il|doit-on|on |nous |est-ce que? (?:l'on|les?|la)|who|when|how (?:much|many)|we |us\b|which|whether|should|shall)"
)
"""What makes a question one of the whole group."""
TAG = re.compile(r"(?:n't|not) (?:they|it|we|you|he|she|there)\W*$|,\s*(?:right|non|hein|no|ok|okay|d'accord|yeah|oui)\W*$")
LABELLED_QUESTION = re.compile(
    r"^\W*(?:questions?|points?|sujets?|open)(?: (?:ouvert|en suspens|question|issue|point|reste)[a-z]*)?\s*(?:n°?\s?\d+|\d+)?\s*[:–-]\s*(?=\S)"
)
ACCEPTS = re.compile(
    r"^\W*(?:(?:oui|ok|okay|d'accord|bien sur|pas de probleme|c'est note|note|entendu|volontiers|parfait|ca marche|yes|yeah|yep|sure|of course|no problem|will do|alright|right|fine|great)\W+)*"
    r"(?:je m'en (?:occupe|charge)|je le (?:fais|ferai)|je (?:vais )?(?:le |la |les |m'en )?(?:faire|occuper|charger)|c'est note|note|will do|i(?:'ll| will) (?:do|take care of|handle|sort) (?:that|it|this)|on it)\b"
)
AGREES = re.compile(
    r"^\W*(?:oui|ok|okay|d'accord|bien sur|pas de probleme|c'est note|note|entendu|volontiers|ca marche|yes|yeah|yep|sure|of course|no problem|will do)\b"
)
NEXT = re.compile(
    r"\b(?:prochaine (?:reunion|seance|rencontre)|prochain (?:point|comite|rendez-vous)|next (?:meeting|session|call)|on se (?:revoit|retrouve)|"
    r"nous nous (?:revoyons|retrouvons)|(?:we |let's )?(?:meet|talk) (?:again )?(?:in|on|next)|see you (?:in|on|next))\b"
)
EMPTY = frozenset(
    re.findall(
        r"\w+",
        "it that this them there here one those these so now then just also again le la les l en y ca cela vous te tu lui leur moi "
        "toi nous you me us to a in at on de des du i ll will do put try and je vais m occupe charge fais fait ok oui yes uh um "
        "the time next please sure find out guess if everyone everybody could can as well first really see that s d be great ",
    )
)
"""Words that name nothing to be done."""
