// All is in the header, so that it is compiled into its callers; a target needs a source.
#include "CTextScan.h"
