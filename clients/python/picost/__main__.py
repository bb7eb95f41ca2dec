import sys

from picost.sweep import main

sys.exit(main())
