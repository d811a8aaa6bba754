from confrere.cli.main import main

main()
