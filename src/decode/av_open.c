/* A container is opened with exactly the one reader that its first bytes ask for, without protocols, and with the decoders of what may come out:
 * libavformat knows hundreds, and each is a way in. */
#include "decode/av_parts.h"

#include <libavutil/display.h>
#include <libavutil/mem.h>
#include <math.h>

#include "base/limits.h"
#include "base/banned.h"

#define BUFFER (64 * KIB)
#define STREAMS_MOST 64

static const char decoders[] = "h264,vp8,vp9,libdav1d,theora,aac,mp3float,mp3,opus,libopus,vorbis,libvorbis,flac,pcm_u8,pcm_s16le,pcm_s24le,"
                               "pcm_s32le,pcm_f32le,mjpeg,png";

struct reader {
	struct job *job;
	int64_t at;
};

static int read_input(void *opaque, uint8_t *to, int n)
{
	struct reader *r = opaque;
	int64_t got = n > 0 ? job_read(r->job, r->at, to, (size_t)n) : 0;
	if (got < 0) return AVERROR(EIO);
	if (got == 0) return AVERROR_EOF;
	r->at += got;
	return (int)got;
}

static int64_t seek_input(void *opaque, int64_t offset, int whence)
{
	struct reader *r = opaque;
	if (whence & AVSEEK_SIZE) return r->job->size;
	if (whence == SEEK_CUR) offset += r->at;
	else if (whence == SEEK_END) offset += r->job->size;
	if (offset < 0) return AVERROR(EINVAL);
	return r->at = offset;
}

static void close_input(void *opaque)
{
	AVFormatContext *c = opaque;
	AVIOContext *pb = c->pb;
	avformat_close_input(&c);
	av_freep(&pb->buffer);
	avio_context_free(&pb);
}

static const char *reader_of(enum media_kind kind)
{
	switch (kind) {
	case MEDIA_MP3: return "mp3";
	case MEDIA_OGG:
	case MEDIA_OGV: return "ogg";
	case MEDIA_FLAC: return "flac";
	case MEDIA_WAV: return "wav";
	case MEDIA_WEBM: return "matroska";
	default: return "mov";
	}
}

err av_open(struct job *job, enum media_kind kind, AVFormatContext **out)
{
	struct reader *r = cx_new_of(job->cx, struct reader);
	*r = (struct reader){ job, 0 };
	AVFormatContext *c = avformat_alloc_context();
	AVIOContext *pb = avio_alloc_context(av_malloc(BUFFER), BUFFER, 0, r, read_input, NULL, seek_input);
	if (!c || !pb) return cx_fail(job->cx, FAILED, NULL, "libavformat cannot be started");
	c->pb = pb;
	c->max_streams = STREAMS_MOST;
	c->protocol_whitelist = av_strdup("");
	c->format_whitelist = av_strdup("mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,ogg,mp3,flac,wav");
	c->codec_whitelist = av_strdup(decoders);
	c->flags |= AVFMT_FLAG_GENPTS;
	if (avformat_open_input(&c, "", av_find_input_format(reader_of(kind)), NULL) != 0) { /* frees c, not pb */
		av_freep(&pb->buffer);
		avio_context_free(&pb);
		return job_refuse(job, MEDIA_REFUSED_DAMAGED);
	}
	cx_defer(job->cx, close_input, c);
	if (avformat_find_stream_info(c, NULL) < 0) return job_refuse(job, MEDIA_REFUSED_DAMAGED);
	*out = c;
	return OK;
}

bool av_is_video(const AVStream *s)
{
	return s->codecpar->codec_type == AVMEDIA_TYPE_VIDEO && !(s->disposition & (AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_TIMED_THUMBNAILS));
}

int av_turn(const AVStream *s)
{
	size_t n = 0;
	const void *matrix = av_stream_get_side_data(s, AV_PKT_DATA_DISPLAYMATRIX, &n);
	if (!matrix || n < 9 * sizeof(int32_t)) return 0;
	double turned = -av_display_rotation_get(matrix); /* which counts against the clock */
	if (isnan(turned)) return 0;
	return ((int)lround(turned / 90) % 4 + 4) % 4 * 90;
}

bool av_is_sideways(const AVStream *s) { return av_turn(s) % 180 != 0; }
