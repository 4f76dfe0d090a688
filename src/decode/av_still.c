/* The only place where video is decoded, in a process that cannot touch the cleaned file any more. */
#include <libavcodec/avcodec.h>
#include <libavutil/imgutils.h>
#include <libswscale/swscale.h>

#include "base/must.h"
#include "decode/av.h"
#include "decode/av_parts.h"
#include "decode/picture.h"
#include "base/banned.h"

#define PACKETS_MOST 600 /* looked at for the first picture */
#define INTO 10          /* the still stands a tenth into the video, */
#define INTO_MOST 10     /* but no more seconds than this */

struct still {
	AVFormatContext *in;
	AVStream *stream;
	AVCodecContext *decoder;
	AVPacket *packet;
	AVFrame *frame;
	struct SwsContext *scale;
};

static void close_still(void *arg)
{
	struct still *s = arg;
	av_packet_free(&s->packet);
	av_frame_free(&s->frame);
	avcodec_free_context(&s->decoder);
	sws_freeContext(s->scale);
}

static err open_decoder(struct job *job, struct still *s)
{
	const AVCodec *codec = NULL;
	int index = av_find_best_stream(s->in, AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0);
	if (index < 0 || !codec) return job_refuse(job, MEDIA_REFUSED_NOTHING);
	s->stream = s->in->streams[index];
	const AVCodecParameters *p = s->stream->codecpar;
	if (p->codec_id == AV_CODEC_ID_AV1) codec = avcodec_find_decoder_by_name("libdav1d");
	s->decoder = avcodec_alloc_context3(codec);
	if (!codec || !s->decoder || avcodec_parameters_to_context(s->decoder, p) < 0) return job_refuse(job, MEDIA_REFUSED_DAMAGED);
	s->decoder->thread_count = 1;
	s->decoder->max_pixels = job->limits.pixels;
	s->decoder->pkt_timebase = s->stream->time_base;
	if (avcodec_open2(s->decoder, codec, NULL) < 0) return job_refuse(job, MEDIA_REFUSED_DAMAGED);
	return OK;
}

static bool decode_one(struct still *s)
{
	for (int i = 0; i < PACKETS_MOST; i++) {
		bool end = av_read_frame(s->in, s->packet) < 0;
		if (!end && s->packet->stream_index != s->stream->index) {
			av_packet_unref(s->packet);
			continue;
		}
		int sent = avcodec_send_packet(s->decoder, end ? NULL : s->packet);
		av_packet_unref(s->packet);
		if (sent < 0 && !end) continue;
		if (avcodec_receive_frame(s->decoder, s->frame) == 0) return true;
		if (end) return false;
	}
	return false;
}

static bool find_frame(struct still *s)
{
	int64_t start = s->in->start_time == AV_NOPTS_VALUE ? 0 : s->in->start_time;
	int64_t into = s->in->duration > 0 ? s->in->duration / INTO : 0;
	if (into > INTO_MOST * (int64_t)AV_TIME_BASE) into = INTO_MOST * (int64_t)AV_TIME_BASE;
	if (into > 0 && av_seek_frame(s->in, -1, start + into, AVSEEK_FLAG_BACKWARD) >= 0 && decode_one(s)) return true;
	avcodec_flush_buffers(s->decoder);
	return av_seek_frame(s->in, -1, start, AVSEEK_FLAG_BACKWARD) >= 0 && decode_one(s);
}

/* Square pixels, at most the still's width: swscale does what is left of the shrinking. */
static void measure(const struct still *s, int *w, int *h)
{
	AVRational aspect = s->stream->sample_aspect_ratio.num > 0 ? s->stream->sample_aspect_ratio : s->frame->sample_aspect_ratio;
	int64_t wide = s->frame->width, high = s->frame->height;
	if (aspect.num > 0 && aspect.den > 0 && aspect.num < 100 * (int64_t)aspect.den && aspect.den < 100 * (int64_t)aspect.num)
		wide = wide * aspect.num / aspect.den;
	int64_t most = wide > high && !av_is_sideways(s->stream) ? wide : high > wide ? high : wide;
	if (most > MEDIA_POSTER_WIDTH) {
		wide = wide * MEDIA_POSTER_WIDTH / most;
		high = high * MEDIA_POSTER_WIDTH / most;
	}
	*w = wide > 0 ? (int)wide : 1;
	*h = high > 0 ? (int)high : 1;
}

static err to_image(struct job *job, struct still *s, VipsImage **out)
{
	int w, h, lines[4] = { 0 };
	if ((int64_t)s->frame->width * s->frame->height > job->limits.pixels) return job_refuse(job, MEDIA_REFUSED_PIXELS);
	measure(s, &w, &h);
	s->scale = sws_getContext(s->frame->width, s->frame->height, s->frame->format, w, h, AV_PIX_FMT_RGB24, SWS_BICUBIC, NULL, NULL, NULL);
	if (!s->scale) return job_refuse(job, MEDIA_REFUSED_DAMAGED);
	size_t n = (size_t)w * (size_t)h * 3;
	uint8_t *pixels = cx_alloc(job->cx, n + 64), *planes[4] = { pixels };
	lines[0] = w * 3;
	if (sws_scale(s->scale, (const uint8_t *const *)s->frame->data, s->frame->linesize, 0, s->frame->height, planes, lines) != h)
		return job_refuse(job, MEDIA_REFUSED_DAMAGED);
	*out = vips_image_new_from_memory(pixels, n, w, h, 3, VIPS_FORMAT_UCHAR);
	if (!*out) return job_refuse(job, MEDIA_REFUSED_DAMAGED);
	(*out)->Type = VIPS_INTERPRETATION_sRGB;
	return OK;
}

err av_still(struct job *job)
{
	struct still *s = cx_new_of(job->cx, struct still);
	VipsImage *image, *turned;
	enum media_kind kind = job->result.kind;
	TRY(av_open(job, kind, &s->in));
	cx_defer(job->cx, close_still, s);
	s->packet = av_packet_alloc();
	s->frame = av_frame_alloc();
	MUST(s->packet && s->frame);
	TRY(open_decoder(job, s));
	if (!find_frame(s)) return job_refuse(job, MEDIA_REFUSED_DAMAGED);
	TRY(to_image(job, s, &image));
	int angle = av_turn(s->stream);
	if (angle == 0) return picture_still(job, image);
	int bad = vips_rot(image, &turned, angle == 90 ? VIPS_ANGLE_D90 : angle == 180 ? VIPS_ANGLE_D180 : VIPS_ANGLE_D270, NULL);
	if (bad) {
		g_object_unref(image);
		return job_refuse(job, MEDIA_REFUSED_DAMAGED);
	}
	err e = picture_still(job, turned);
	g_object_unref(image);
	return e;
}
