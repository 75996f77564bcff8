import type Hls from 'hls.js';

/** One webcast in a video element: sound in the language chosen, captions, how far behind it is. */
export interface Player {
	/** The sound of this language (`floor`: the original), from the same place on. */
	listen(id: string): void;
	/** Captions of this language; empty: none. */
	caption(language: string): void;
	/** Seconds from here to the newest there is to play; null: not known yet. */
	toEdge(): number | null;
	goLive(): void;
	/** When what is seen now happened, ms; null: not known yet. */
	seen(): number | null;
	close(): void;
}

export interface Events {
	/** A file was not given: it may be over. */
	missed: () => void;
	/** Nothing more can be done here. */
	broken: () => void;
}

/** Behind the newest segment, so that one that comes late is no gap. */
const SEGMENTS_BEHIND = 3;

interface SoundTrack {
	enabled: boolean;
	language: string;
}
type WithTracks = HTMLVideoElement & { audioTracks?: Iterable<SoundTrack>; getStartDate?: () => Date };

/** It is not given any more; a server that is busy says so too, and thousands of pages need not ask it why. */
const isGone = (status: number): boolean => status >= 400 && status < 500 && status !== 429;

const idOf = (url: string): string => /\/a-([\w-]+)\//.exec(url)?.[1] ?? '';

function throughHls(Library: typeof Hls, video: HTMLVideoElement, source: string, events: Events): Player {
	// Its worker would come from a blob, which the page's policy does not let in; a remux of fMP4 needs none.
	const hls = new Library({ enableWorker: false, liveSyncDurationCount: SEGMENTS_BEHIND, backBufferLength: 60 });
	let language = 'floor';
	let captions = '';
	let recovered = -Infinity;
	const choose = (): void => {
		const track = hls.audioTracks.findIndex(({ url }) => idOf(url) === language);
		if (track >= 0 && track !== hls.audioTrack)
			hls.audioTrack = track;
	};
	// A track that is chosen while the tracks are being told is taken back by the library; what it is told to prefer stays.
	const show = (): void => {
		hls.subtitleDisplay = captions !== '';
		hls.setSubtitleOption(captions === '' ? undefined : { lang: captions });
		if (hls.subtitleTrack !== -1 && hls.subtitleTracks[hls.subtitleTrack]?.lang !== captions)
			hls.subtitleTrack = -1;
	};
	hls.on(Library.Events.AUDIO_TRACKS_UPDATED, choose);
	hls.on(Library.Events.ERROR, (_, { fatal, type, response }) => {
		if (isGone(response?.code ?? 0))
			events.missed();
		if (!fatal)
			return;
		const now = performance.now();
		if (type === Library.ErrorTypes.MEDIA_ERROR && now - recovered > 10_000) {
			recovered = now;
			hls.recoverMediaError();
		} else {
			events.broken();
		}
	});
	hls.loadSource(source);
	hls.attachMedia(video);
	return {
		listen: (id) => {
			language = id;
			choose();
		},
		caption: (id) => {
			captions = id;
			show();
		},
		toEdge: () => (hls.liveSyncPosition === null ? null : Math.max(0, hls.liveSyncPosition - video.currentTime)),
		goLive: () => {
			if (hls.liveSyncPosition !== null)
				video.currentTime = hls.liveSyncPosition;
			void video.play().catch(() => {}); // refused by the browser: its own key is there
		},
		seen: () => hls.playingDate?.getTime() ?? null,
		close: () => hls.destroy(),
	};
}

function byItself(video: WithTracks, source: string, order: string[], events: Events): Player {
	const broken = (): void => {
		events.missed();
		events.broken();
	};
	const end = (): number => (video.seekable.length > 0 ? video.seekable.end(video.seekable.length - 1) : NaN);
	let sound = 'floor';
	let captions = '';
	const choose = (): void => {
		for (const [i, track] of [...(video.audioTracks ?? [])].entries()) track.enabled = order[i] === sound;
		for (const track of video.textTracks) track.mode = track.language === captions ? 'showing' : 'disabled';
	};
	video.addEventListener('error', broken);
	video.addEventListener('loadedmetadata', choose); // before, there are no tracks to choose from
	video.src = source;
	return {
		listen: (id) => {
			sound = id;
			choose();
		},
		caption: (language) => {
			captions = language;
			choose();
		},
		toEdge: () => (Number.isNaN(end()) ? null : Math.max(0, end() - video.currentTime)),
		goLive: () => {
			if (!Number.isNaN(end()))
				video.currentTime = end();
			void video.play().catch(() => {}); // as above
		},
		seen: () => {
			const start = video.getStartDate?.().getTime() ?? NaN;
			return Number.isNaN(start) ? null : start + video.currentTime * 1000;
		},
		close: () => {
			video.removeEventListener('error', broken);
			video.removeEventListener('loadedmetadata', choose);
			video.removeAttribute('src');
			video.load();
		},
	};
}

/**
 * Plays `source` in `video`; null: this browser cannot. One that plays HLS and lets a page choose among sounds does all by itself; elsewhere
 * a library does, which is loaded only then. `order`: ids of the languages as the playlist has them.
 */
export async function openPlayer(video: HTMLVideoElement, source: string, order: string[], events: Events): Promise<Player | null> {
	const plays = video.canPlayType('application/vnd.apple.mpegurl') !== '';
	if (plays && 'audioTracks' in video)
		return byItself(video as WithTracks, source, order, events);
	const { default: Library } = await import('hls.js');
	if (Library.isSupported())
		return throughHls(Library, video, source, events);
	return plays ? byItself(video, source, order, events) : null;
}
