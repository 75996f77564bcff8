/** One's own voice comes back so much later: nobody takes it for the sound of the room, or for what a headset lets through. */
export const ECHO_S = 1;

/** Plays one's own voice as it comes back from the media server, late. For pages that hear by media elements; a headset delays by itself. */
export class Echo {
	private context: AudioContext | null = null;

	play(track: MediaStreamTrack): void {
		this.stop();
		this.context = new AudioContext();
		const late = new DelayNode(this.context, { maxDelayTime: ECHO_S, delayTime: ECHO_S });
		this.context.createMediaStreamSource(new MediaStream([track])).connect(late).connect(this.context.destination);
	}

	stop(): void {
		void this.context?.close();
		this.context = null;
	}
}
