/* Copying instead of encoding: the quality stays, it takes seconds for an hour of video, and the patents stay the browser's. What the new container
 * is told is built up from nothing, field by field, never copied and then cleaned. */
#include "decode/av.h"

#include <libavcodec/avcodec.h>
#include <libavcodec/bsf.h>
#include <libavutil/avstring.h>
#include <libavutil/mem.h>
#include <string.h>

#include "base/limits.h"
#include "base/must.h"
#include "decode/av_parts.h"
#include "decode/frames.h"
#include "decode/traces.h"
#include "base/banned.h"

#define BUFFER (256 * KIB)
#define DAMAGED_MOST 64 /* packets that may be left out of a file */

struct lane {
	AVStream *from, *to; /* from NULL: not there */
	AVBSFContext *filter;
	int64_t last;        /* decoding time of the last packet, in from's units */
	bool begun;
};

struct remux {
	struct job *job;
	AVFormatContext *in, *out;
	struct lane video, sound;
	struct media_output *to;
	int64_t at, read_at;
	int64_t longest; /* ms */
	int left_out;
	bool broken;
	AVPacket *packet;
};

/* what is there */

static uint32_t traces_of(const AVDictionary *tags)
{
	/* What every writer of a container fills in by itself. */
	static const char *const plain[] = { "major_brand", "minor_version", "compatible_brands", "language", "handler_name", "vendor_id", "duration",
		"number_of_bytes", "number_of_frames", "bps", "alpha_mode", "_statistics" };
	uint32_t found = 0;
	for (const AVDictionaryEntry *e = NULL; (e = av_dict_get(tags, "", e, AV_DICT_IGNORE_SUFFIX));) {
		bool told = true;
		for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
			if (av_strncasecmp(e->key, plain[i], strlen(plain[i])) == 0) told = false;
		if (told && *e->value) found |= traces_of_name(str_of(e->key));
	}
	return found;
}

static uint32_t traces_of_all(const AVFormatContext *in)
{
	uint32_t found = traces_of(in->metadata);
	for (unsigned i = 0; i < in->nb_streams; i++) {
		const AVStream *s = in->streams[i];
		found |= traces_of(s->metadata);
		if (s->disposition & AV_DISPOSITION_ATTACHED_PIC) found |= MEDIA_COVER;
		else if (s->codecpar->codec_type == AVMEDIA_TYPE_ATTACHMENT) found |= MEDIA_ATTACHED;
		else if (s->codecpar->codec_type != AVMEDIA_TYPE_VIDEO && s->codecpar->codec_type != AVMEDIA_TYPE_AUDIO) found |= MEDIA_OTHER;
	}
	return in->nb_chapters ? found | MEDIA_TAGS : found;
}

/* what is kept */

enum { TO_MP4 = 1, TO_WEBM = 2, TO_OGG = 4, TO_MP3 = 8, TO_FLAC = 16, TO_WAV = 32 };

static const struct codec {
	enum AVCodecID id;
	unsigned to; /* containers in which browsers play it */
} codecs[] = {
	{ AV_CODEC_ID_H264, TO_MP4 }, { AV_CODEC_ID_VP8, TO_WEBM }, { AV_CODEC_ID_VP9, TO_WEBM | TO_MP4 }, { AV_CODEC_ID_AV1, TO_WEBM | TO_MP4 },
	{ AV_CODEC_ID_THEORA, TO_OGG }, { AV_CODEC_ID_AAC, TO_MP4 }, { AV_CODEC_ID_MP3, TO_MP3 | TO_MP4 }, { AV_CODEC_ID_OPUS, TO_OGG | TO_WEBM | TO_MP4 },
	{ AV_CODEC_ID_VORBIS, TO_OGG | TO_WEBM }, { AV_CODEC_ID_FLAC, TO_FLAC | TO_OGG | TO_MP4 }, { AV_CODEC_ID_PCM_U8, TO_WAV },
	{ AV_CODEC_ID_PCM_S16LE, TO_WAV }, { AV_CODEC_ID_PCM_S24LE, TO_WAV }, { AV_CODEC_ID_PCM_S32LE, TO_WAV }, { AV_CODEC_ID_PCM_F32LE, TO_WAV },
};

static unsigned containers_of(const AVStream *s)
{
	for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++)
		if (codecs[i].id == s->codecpar->codec_id) return codecs[i].to;
	return 0;
}

/* Which a container as it came may become, the first that fits. */
static unsigned becomes(enum media_kind found, unsigned fits)
{
	static const unsigned from_webm[] = { TO_WEBM, TO_MP4 };
	switch (found) {
	case MEDIA_MP3: return fits & TO_MP3;
	case MEDIA_FLAC: return fits & TO_FLAC;
	case MEDIA_WAV: return fits & TO_WAV;
	case MEDIA_OGG:
	case MEDIA_OGV: return fits & TO_OGG;
	case MEDIA_WEBM: return fits & from_webm[0] ? from_webm[0] : fits & from_webm[1];
	default: return fits & TO_MP4;
	}
}

static int64_t worth(const AVStream *s)
{
	const AVCodecParameters *p = s->codecpar;
	return p->codec_type == AVMEDIA_TYPE_VIDEO ? (int64_t)p->width * p->height : p->ch_layout.nb_channels * INT64_C(1000000) + p->sample_rate;
}

/* The best stream of this type of which the browser knows the codec in that container; *any: there is one at all. */
static AVStream *best(const AVFormatContext *in, enum media_kind found, enum AVMediaType type, unsigned within, bool *any)
{
	AVStream *chosen = NULL;
	*any = false;
	for (unsigned i = 0; i < in->nb_streams; i++) {
		AVStream *s = in->streams[i];
		if (s->codecpar->codec_type != type || (type == AVMEDIA_TYPE_VIDEO && !av_is_video(s))) continue;
		*any = true;
		if (!becomes(found, containers_of(s) & within) || worth(s) <= 0) continue;
		if (!chosen || worth(s) > worth(chosen)) chosen = s;
	}
	return chosen;
}

static err choose(struct remux *r, enum media_kind found, unsigned *container)
{
	bool video, sound;
	struct job *job = r->job;
	r->video.from = best(r->in, found, AVMEDIA_TYPE_VIDEO, ~0U, &video);
	if (video && !r->video.from) return job_refuse(job, MEDIA_REFUSED_VIDEO);
	unsigned within = r->video.from ? containers_of(r->video.from) : ~0U;
	r->sound.from = best(r->in, found, AVMEDIA_TYPE_AUDIO, within, &sound);
	if (sound && !r->sound.from) return job_refuse(job, MEDIA_REFUSED_SOUND);
	if (!video && !sound) return job_refuse(job, MEDIA_REFUSED_NOTHING);
	if (r->sound.from) within &= containers_of(r->sound.from);
	*container = becomes(found, within);
	if (r->video.from && (found == MEDIA_MP3 || found == MEDIA_FLAC || found == MEDIA_WAV)) return job_refuse(job, MEDIA_REFUSED_DAMAGED);
	return *container ? OK : job_refuse(job, MEDIA_REFUSED_SOUND);
}

/* Its kind, as found and as kept, now that it is known whether there is video; MP4 of sound alone is M4A. */
static void name_kinds(struct job *job, enum media_kind found, unsigned container, bool video)
{
	enum media_kind kept = container == TO_MP3 ? MEDIA_MP3 : container == TO_FLAC ? MEDIA_FLAC : container == TO_WAV ? MEDIA_WAV :
	    container == TO_WEBM                   ? MEDIA_WEBM : container == TO_OGG ? (video ? MEDIA_OGV : MEDIA_OGG) : video ? MEDIA_MP4 : MEDIA_M4A;
	job->result.kind = kept;
	job->result.found = found == MEDIA_WEBM ? MEDIA_WEBM : kept;
}

/* the new container */

static int write_output(void *opaque, uint8_t *bytes, int n)
{
	struct remux *r = opaque;
	if (n < 0 || !job_write(r->job, r->to, r->at, bytes, (size_t)n)) return AVERROR(EIO);
	r->at += n;
	return n;
}

static int64_t seek_output(void *opaque, int64_t offset, int whence)
{
	struct remux *r = opaque;
	if (whence & AVSEEK_SIZE) return r->to->bytes;
	if (whence == SEEK_CUR) offset += r->at;
	else if (whence == SEEK_END) offset += r->to->bytes;
	if (offset < 0) return AVERROR(EINVAL);
	return r->at = offset;
}

static int read_back(void *opaque, uint8_t *to, int n)
{
	struct remux *r = opaque;
	int64_t got = n > 0 ? job_read_back(r->job, r->to, r->read_at, to, (size_t)n) : 0;
	if (got < 0) r->broken = true; /* libavformat does not look */
	if (got <= 0) return got < 0 ? AVERROR(EIO) : AVERROR_EOF;
	r->read_at += got;
	return (int)got;
}

static int64_t seek_back(void *opaque, int64_t offset, int whence)
{
	struct remux *r = opaque;
	if (whence & AVSEEK_SIZE) return r->to->bytes;
	if (whence != SEEK_SET || offset < 0) return AVERROR(EINVAL);
	return r->read_at = offset;
}

/* To put an MP4's index in front of its data, libavformat reads again what it wrote. */
static int open_back(AVFormatContext *out, AVIOContext **pb, const char *name, int flags, AVDictionary **options)
{
	(void)name, (void)options;
	struct remux *r = out->opaque;
	if (flags & AVIO_FLAG_WRITE) return AVERROR(EACCES);
	r->read_at = 0;
	*pb = avio_alloc_context(av_malloc(BUFFER), BUFFER, 0, r, read_back, NULL, seek_back);
	return *pb ? 0 : AVERROR(ENOMEM);
}

static int close_back(AVFormatContext *out, AVIOContext *pb)
{
	(void)out;
	av_freep(&pb->buffer);
	avio_context_free(&pb);
	return 0;
}

static void close_remux(void *arg)
{
	struct remux *r = arg;
	av_packet_free(&r->packet);
	av_bsf_free(&r->video.filter);
	av_bsf_free(&r->sound.filter);
	if (!r->out) return;
	if (r->out->pb) av_freep(&r->out->pb->buffer);
	avio_context_free(&r->out->pb);
	avformat_free_context(r->out);
}

static const char *writer_of(enum media_kind kind)
{
	switch (kind) {
	case MEDIA_MP3: return "mp3";
	case MEDIA_OGG:
	case MEDIA_OGV: return "ogg";
	case MEDIA_FLAC: return "flac";
	case MEDIA_WAV: return "wav";
	case MEDIA_WEBM: return "webm";
	case MEDIA_M4A: return "ipod";
	default: return "mp4";
	}
}

/* What a decoder needs: slices, parameter sets and delimiters of H.264 (ITU-T H.264 table 7-1), headers, tiles and frames of AV1 (6.2.1). Messages and
 * padding beside them, and what has no meaning yet, do not pass. */
static const char *filter_of(enum AVCodecID codec)
{
	if (codec == AV_CODEC_ID_H264) return "filter_units=pass_types=1-5|7-9";
	return codec == AV_CODEC_ID_AV1 ? "filter_units=pass_types=1-4|6-7" : "null";
}

static bool set_extradata(AVCodecParameters *p, str bytes)
{
	uint8_t *copy = av_mallocz(bytes.n + AV_INPUT_BUFFER_PADDING_SIZE);
	if (!copy) return false;
	memcpy(copy, bytes.p, bytes.n); /* of which bytes may be a part of the old */
	av_freep(&p->extradata);
	p->extradata = copy;
	p->extradata_size = (int)bytes.n;
	return true;
}

/* ISO/IEC 14496-3 1.6.2.1: of the usual profiles with a usual number of channels seven bytes at most; what tells of its channels one by one is longer. */
static size_t aac_length(str config)
{
	unsigned first = config.n > 1 ? (unsigned char)config.p[0] : 0, second = config.n > 1 ? (unsigned char)config.p[1] : 0;
	unsigned profile = first >> 3, rate = (first & 7) << 1 | second >> 7, channels = second >> 3 & 15;
	bool usual = (profile == 2 || profile == 5 || profile == 29) && rate != 15 && channels != 0;
	return usual ? 7 : 64;
}

/* What decoders are told at the start, without what a person or program wrote there and without what hangs behind. */
static bool clean_extradata(struct cx *cx, AVCodecParameters *p)
{
	str now = { (const char *)p->extradata, (size_t)p->extradata_size };
	switch (p->codec_id) {
	case AV_CODEC_ID_VORBIS: now = frames_xiph_headers(cx, now, S("\3vorbis")); break;
	case AV_CODEC_ID_THEORA: now = frames_xiph_headers(cx, now, S("\x81theora")); break;
	case AV_CODEC_ID_OPUS: now = str_sub(now, 0, now.n > 18 && now.p[18] != 0 ? 21U + (unsigned char)now.p[9] : 19); break;
	case AV_CODEC_ID_FLAC: now = str_sub(now, 0, 34); break;
	case AV_CODEC_ID_AAC: now = str_sub(now, 0, aac_length(now)); break;
	case AV_CODEC_ID_H264:
	case AV_CODEC_ID_AV1: return true; /* passes the filter */
	default: now = S(""); break;
	}
	if (now.n == 0) {
		av_freep(&p->extradata);
		p->extradata_size = 0;
		return p->codec_id != AV_CODEC_ID_VORBIS && p->codec_id != AV_CODEC_ID_THEORA;
	}
	return set_extradata(p, now);
}

static bool copy_matrix(const AVStream *from, AVStream *to)
{
	size_t n = 0;
	const uint8_t *matrix = av_stream_get_side_data(from, AV_PKT_DATA_DISPLAYMATRIX, &n);
	if (!matrix || n != 9 * sizeof(int32_t)) return true;
	uint8_t *copy = av_stream_new_side_data(to, AV_PKT_DATA_DISPLAYMATRIX, n);
	if (copy) memcpy(copy, matrix, n);
	return copy != NULL;
}

static err open_lane(struct remux *r, struct lane *lane)
{
	if (!lane->from) return OK;
	AVCodecParameters *p = avcodec_parameters_alloc();
	bool good = p && avcodec_parameters_copy(p, lane->from->codecpar) >= 0 && clean_extradata(r->job->cx, p) &&
	    av_bsf_list_parse_str(filter_of(p->codec_id), &lane->filter) >= 0 && avcodec_parameters_copy(lane->filter->par_in, p) >= 0;
	avcodec_parameters_free(&p);
	if (!good) return job_refuse(r->job, MEDIA_REFUSED_DAMAGED);
	lane->filter->time_base_in = lane->from->time_base;
	lane->to = avformat_new_stream(r->out, NULL);
	if (!lane->to || av_bsf_init(lane->filter) < 0 || avcodec_parameters_copy(lane->to->codecpar, lane->filter->par_out) < 0)
		return job_refuse(r->job, MEDIA_REFUSED_DAMAGED);
	lane->to->codecpar->codec_tag = 0;
	lane->to->time_base = lane->from->time_base;
	lane->to->avg_frame_rate = lane->from->avg_frame_rate;
	lane->to->sample_aspect_ratio = lane->from->sample_aspect_ratio;
	lane->to->disposition = AV_DISPOSITION_DEFAULT;
	return copy_matrix(lane->from, lane->to) ? OK : job_refuse(r->job, MEDIA_REFUSED_DAMAGED);
}

static err open_output(struct remux *r)
{
	enum media_kind kind = r->job->result.kind;
	AVDictionary *options = NULL;
	if (avformat_alloc_output_context2(&r->out, NULL, writer_of(kind), NULL) < 0)
		return cx_fail(r->job->cx, FAILED, NULL, "libavformat cannot write %s", media_name(kind));
	r->out->opaque = r;
	r->out->io_open = open_back;
	r->out->io_close2 = close_back;
	r->out->flags |= AVFMT_FLAG_BITEXACT | AVFMT_FLAG_CUSTOM_IO;
	r->out->strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL; /* FLAC and Opus in MP4, as browsers play them */
	r->out->pb = avio_alloc_context(av_malloc(BUFFER), BUFFER, 1, r, NULL, write_output, seek_output);
	if (!r->out->pb) return cx_fail(r->job->cx, FAILED, NULL, "libavformat cannot be started");
	TRY(open_lane(r, &r->video));
	TRY(open_lane(r, &r->sound));
	if (kind == MEDIA_MP4 || kind == MEDIA_M4A) av_dict_set(&options, "movflags", "+faststart", 0);
	if (kind == MEDIA_MP3) av_dict_set(&options, "id3v2_version", "0", 0);
	if (kind == MEDIA_WEBM) av_dict_set(&options, "cues_to_front", "1", 0);
	int bad = avformat_write_header(r->out, &options);
	av_dict_free(&options);
	if (r->job->refusal != MEDIA_NOT_REFUSED) return job_refuse(r->job, r->job->refusal);
	return bad < 0 ? job_refuse(r->job, MEDIA_REFUSED_DAMAGED) : OK;
}

/* packets */

static bool measures_up(const AVStream *s, const AVPacket *p)
{
	str bytes = { (const char *)p->data, (size_t)p->size };
	if (p->size <= 0) return false;
	if (s->codecpar->codec_id == AV_CODEC_ID_MP3) return frames_is_mp3(bytes);
	return s->codecpar->codec_id != AV_CODEC_ID_FLAC || frames_is_flac(bytes);
}

static int64_t ms(int64_t t, AVRational unit) { return av_rescale_q(t, unit, (AVRational){ 1, 1000 }); }

/* Times only grow in a stream, and a picture is not shown before it is decoded; containers refuse what says otherwise. */
static void mend_times(struct lane *lane, AVPacket *p)
{
	if (p->dts == AV_NOPTS_VALUE) p->dts = p->pts;
	if (p->dts == AV_NOPTS_VALUE) p->dts = lane->begun ? lane->last + 1 : 0;
	if (lane->begun && p->dts <= lane->last) p->dts = lane->last + 1;
	if (p->pts == AV_NOPTS_VALUE || p->pts < p->dts) p->pts = p->dts;
	lane->last = p->dts;
	lane->begun = true;
}

static err write_packet(struct remux *r, struct lane *lane, AVPacket *p)
{
	mend_times(lane, p);
	int64_t end = ms(p->pts + p->duration, lane->filter->time_base_out);
	if (end > r->longest) r->longest = end;
	if (end > r->job->limits.duration) return job_refuse(r->job, MEDIA_REFUSED_DURATION);
	av_packet_rescale_ts(p, lane->filter->time_base_out, lane->to->time_base);
	p->stream_index = lane->to->index;
	p->pos = -1;
	for (int i = p->side_data_elems - 1; i >= 0; i--) { /* what is cut from a sound's ends is heard otherwise; all else goes */
		enum AVPacketSideDataType type = p->side_data[i].type;
		if (type == AV_PKT_DATA_SKIP_SAMPLES) continue;
		av_freep(&p->side_data[i].data);
		p->side_data[i] = p->side_data[--p->side_data_elems];
	}
	int bad = av_interleaved_write_frame(r->out, p);
	if (r->job->refusal != MEDIA_NOT_REFUSED) return job_refuse(r->job, r->job->refusal);
	return bad < 0 ? job_refuse(r->job, MEDIA_REFUSED_DAMAGED) : OK;
}

static err leave_out(struct remux *r)
{
	av_packet_unref(r->packet);
	return ++r->left_out > DAMAGED_MOST ? job_refuse(r->job, MEDIA_REFUSED_DAMAGED) : OK;
}

static err pass(struct remux *r, struct lane *lane, bool end)
{
	if (end ? av_bsf_send_packet(lane->filter, NULL) < 0 : av_bsf_send_packet(lane->filter, r->packet) < 0) return leave_out(r);
	for (;;) {
		int got = av_bsf_receive_packet(lane->filter, r->packet);
		if (got == AVERROR(EAGAIN) || got == AVERROR_EOF) return OK;
		if (got < 0) return leave_out(r);
		TRY(write_packet(r, lane, r->packet));
	}
}

static err copy_packets(struct remux *r)
{
	for (;;) {
		int got = av_read_frame(r->in, r->packet);
		if (got == AVERROR_EOF) break;
		if (got < 0) {
			if (r->in->pb->eof_reached || ++r->left_out > DAMAGED_MOST) break;
			continue;
		}
		AVStream *s = r->in->streams[r->packet->stream_index];
		struct lane *lane = s == r->video.from ? &r->video : s == r->sound.from ? &r->sound : NULL;
		if (!lane) av_packet_unref(r->packet);
		else if (!measures_up(s, r->packet)) TRY(leave_out(r));
		else TRY(pass(r, lane, false));
	}
	if (r->video.from) TRY(pass(r, &r->video, true));
	if (r->sound.from) TRY(pass(r, &r->sound, true));
	return r->video.begun || r->sound.begun ? OK : job_refuse(r->job, MEDIA_REFUSED_NOTHING);
}

static err measure(struct remux *r)
{
	struct media_result *result = &r->job->result;
	if (r->in->duration > 0 && r->in->duration / 1000 > r->job->limits.duration) return job_refuse(r->job, MEDIA_REFUSED_DURATION);
	if (!r->video.from) return OK;
	const AVCodecParameters *p = r->video.from->codecpar;
	if (p->width <= 0 || p->height <= 0 || p->width > 65535 || p->height > 65535) return job_refuse(r->job, MEDIA_REFUSED_DAMAGED);
	if ((int64_t)p->width * p->height > r->job->limits.pixels) return job_refuse(r->job, MEDIA_REFUSED_PIXELS);
	bool sideways = av_is_sideways(r->video.from);
	result->width = sideways ? p->height : p->width;
	result->height = sideways ? p->width : p->height;
	return OK;
}

err av_clean(struct job *job, enum media_kind kind)
{
	struct remux *r = cx_new_of(job->cx, struct remux);
	unsigned container = 0;
	r->job = job;
	TRY(av_open(job, kind, &r->in));
	cx_defer(job->cx, close_remux, r);
	r->packet = av_packet_alloc();
	TRY(choose(r, kind, &container));
	TRY(measure(r));
	name_kinds(job, kind, container, r->video.from != NULL);
	if (!(MEDIA_BIT(job->result.found) & job->kinds)) return job_refuse(job, MEDIA_REFUSED_UNWANTED);
	job->result.removed |= traces_of_all(r->in) | MEDIA_UNSURE_STREAM;
	r->to = job_begin(job, job->result.kind, job->result.width, job->result.height);
	MUST(r->to && r->packet);
	TRY(open_output(r));
	TRY(copy_packets(r));
	int bad = av_write_trailer(r->out);
	if (job->refusal != MEDIA_NOT_REFUSED) return job_refuse(job, job->refusal);
	if (bad < 0) return job_refuse(job, MEDIA_REFUSED_DAMAGED);
	avio_flush(r->out->pb);
	if (r->broken || r->out->pb->error < 0) return cx_fail(job->cx, FAILED, NULL, "what was written cannot be read");
	job->result.duration = r->longest > 0 ? r->longest : 0;
	return job->refusal == MEDIA_NOT_REFUSED ? OK : job_refuse(job, job->refusal);
}
