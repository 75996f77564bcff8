import { Protection } from './protection';
import { LIMITS } from './pressure';

/** The protection on the audio thread: mono in, mono out. Loaded by `AudioWorklet.addModule`, so it is a file of its own. */

declare const sampleRate: number;
declare function registerProcessor(name: string, processor: unknown): void;
declare class AudioWorkletProcessor {
	readonly port: MessagePort;
}

class Limiter extends AudioWorkletProcessor {
	private readonly protection: Protection;
	private readonly silence = new Float32Array(128);
	private untold = 0;

	constructor({ processorOptions }: { processorOptions: { fullScale: number } }) {
		super();
		this.protection = new Protection(sampleRate, processorOptions.fullScale);
		this.port.onmessage = ({ data }: MessageEvent<number>) => this.protection.setFullScale(data);
	}

	/** Goes on without input: what it still holds comes out, and the minute passes. */
	process([input]: Float32Array[][], [output]: Float32Array[][]): boolean {
		const ear = output?.[0];
		if (ear === undefined)
			return true;
		this.protection.process(input?.[0] ?? this.silence, ear);
		this.untold += ear.length;
		if (this.untold >= (sampleRate * LIMITS.sustainedMs) / 1000) {
			this.untold = 0;
			this.port.postMessage(this.protection.tell());
		}
		return true;
	}
}

registerProcessor('rostrum-limiter', Limiter);
