#include "media/media_type.h"

/* A file begins with `head`, and holds `inner` at `inner_at`. */
struct pattern {
    const char *head;
    size_t inner_at;
    const char *inner;
    struct media_type type;
};

static const struct media_type UNKNOWN = { "application/octet-stream", "bin" };

/* clang-format off */
static const struct pattern PATTERNS[] = {
    { "\xFF\xD8\xFF",      0, "",         { "image/jpeg",      "jpg"  } },
    { "\x89PNG\r\n\x1A\n", 0, "",         { "image/png",       "png"  } },
    { "GIF87a",            0, "",         { "image/gif",       "gif"  } },
    { "GIF89a",            0, "",         { "image/gif",       "gif"  } },
    { "RIFF",              8, "WEBPVP",   { "image/webp",      "webp" } },
    { "RIFF",              8, "WAVE",     { "audio/wav",       "wav"  } },
    { "",                  4, "ftyp3g",   { "video/3gpp",      "3gp"  } },
    { "",                  4, "ftypM4A",  { "audio/mp4",       "m4a"  } },
    { "",                  4, "ftypheic", { "image/heic",      "heic" } },
    { "",                  4, "ftypqt",   { "video/quicktime", "mov"  } },
    { "",                  4, "ftyp",     { "video/mp4",       "mp4"  } },
    { "#!AMR",             0, "",         { "audio/amr",       "amr"  } },
    { "OggS",              0, "",         { "audio/ogg",       "ogg"  } },
    { "ID3",               0, "",         { "audio/mpeg",      "mp3"  } },
    { "\xFF\xFB",          0, "",         { "audio/mpeg",      "mp3"  } },
    { "%PDF-",             0, "",         { "application/pdf", "pdf"  } },
    { "BEGIN:VCARD",       0, "",         { "text/vcard",      "vcf"  } },
};
/* clang-format on */

const struct media_type *media_type_of(struct str bytes)
{
    bytes = str_slice(bytes, 0, MEDIA_SNIFF_BYTES);
    for (size_t i = 0; i < COUNT(PATTERNS); i++) {
        const struct pattern *p = &PATTERNS[i];
        if (str_starts(bytes, str_of(p->head)) && str_starts(str_slice(bytes, p->inner_at, bytes.n), str_of(p->inner)))
            return &p->type;
    }
    return &UNKNOWN;
}
