import sys

from policytrack.launch import main

sys.exit(main(sys.argv[1:]))
