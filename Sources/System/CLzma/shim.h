// Decompression by liblzma (Debian: liblzma-dev).
#include <lzma.h>
