// Decompression by libbzip2 (Debian: libbz2-dev).
#include <bzlib.h>
