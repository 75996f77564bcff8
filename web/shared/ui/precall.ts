import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { Busy, LineTest } from '../line-test';
import { lumaOf, soundOf, type Found, type Look, type Test, type Verdict } from '../precall';
import { isOpen } from '../view';
import { decimal, signed, t, type Key } from '../words';
import { icon } from './icons';
import { Part } from './part';

/** Somebody says a few words for so long. */
const LISTEN_MS = 6_000;
const LOOK_MS = 60;
const TONE_S = 1.5;
/** Not all who wait come back in the same moment. */
const SPREAD_MS = 3_000;

type Step = 'udp' | 'tcp' | 'relay' | 'measure';

const GRADES: Record<Verdict, 'good' | 'fair' | 'bad'> = { good: 'good', poor: 'fair', unusable: 'bad' };
const ICONS = { good: 'yes', poor: 'warning', unusable: 'no' } as const;

const pause = (ms: number) => new Promise((resolve) => window.setTimeout(resolve, ms));

/** Camera, microphone, loudspeakers and line tried before one is called, with a verdict and what to do about it. */
@customElement('rs-precall')
export class Precall extends Part {
	@state() private phase: 'idle' | 'running' | 'done' = 'idle';
	@state() private listening = false;
	@state() private line: Step | 'waiting' | 'done' | 'failed' = 'udp';
	@state() private wait = 0;
	@state() private result: Test | null = null;
	@state() private unkept = false;
	@state() private found: Partial<Found> = {};
	private test: LineTest | null = null;
	private tone: AudioContext | null = null;

	override disconnectedCallback(): void {
		this.test?.stop();
		void this.tone?.close();
		this.tone = null;
		super.disconnectedCallback();
	}

	private async start(): Promise<void> {
		this.phase = 'running';
		this.result = null;
		this.unkept = false;
		this.found = { speakers: 'untried' };
		this.session.capture.wake();
		await this.session.capture.acquire();
		await Promise.all([this.devices(), this.tryLine()]);
		this.phase = 'done';
		await this.report();
	}

	private async devices(): Promise<void> {
		const { capture } = this.session;
		const camera = await this.lookAtCamera();
		this.found = { ...this.found, camera };
		this.listening = true;
		const looks: Look[] = [];
		for (const until = performance.now() + LISTEN_MS; performance.now() < until && this.isConnected; await pause(LOOK_MS))
			looks.push({ db: capture.level(), clipped: capture.clipped });
		this.listening = false;
		const name = capture.microphone?.label;
		const state = capture.microphone !== null ? 'works' : capture.wishes.microphone === null ? 'none' : 'fault';
		this.found = { ...this.found, microphone: { state, ...(name ? { name } : {}), ...soundOf(looks) } };
	}

	private async lookAtCamera(): Promise<Found['camera']> {
		const { camera, wishes } = this.session.capture;
		if (camera === null)
			return { state: wishes.camera === null ? 'none' : 'fault' };
		const video = document.createElement('video');
		video.muted = true;
		video.srcObject = new MediaStream([camera]);
		try {
			await Promise.race([video.play(), pause(3_000).then(() => Promise.reject(new Error('no picture')))]);
			const small = new OffscreenCanvas(32, 18).getContext('2d', { willReadFrequently: true })!;
			small.drawImage(video, 0, 0, 32, 18);
			return { state: 'works', name: camera.label, height: video.videoHeight, luma: lumaOf(small.getImageData(0, 0, 32, 18).data) };
		} catch {
			return { state: 'fault', name: camera.label };
		} finally {
			video.srcObject = null;
		}
	}

	private async tryLine(): Promise<void> {
		const { claims, token } = this.session.link;
		const meeting = [claims?.meeting ?? ''].flat()[0]!;
		this.test = new LineTest(meeting, this.session.me, token);
		try {
			const { paths, line } = await this.test.run((step) => (this.line = step));
			this.found = { ...this.found, paths, ...(line === null ? {} : { line }) };
			this.line = 'done';
		} catch (error) {
			if (error instanceof Busy && this.isConnected)
				return this.again(error.ms);
			this.line = 'failed';
		}
	}

	private async again(ms: number): Promise<void> {
		this.line = 'waiting';
		for (const until = performance.now() + ms + Math.random() * SPREAD_MS; performance.now() < until && this.isConnected; await pause(500))
			this.wait = Math.ceil((until - performance.now()) / 1000);
		return this.isConnected ? this.tryLine() : undefined;
	}

	private async report(): Promise<void> {
		if (!this.isConnected || this.found.paths === undefined)
			return;
		const { claims, token } = this.session.link;
		try {
			const answer = await fetch(`/api/v1/meetings/${[claims?.meeting ?? ''].flat()[0]!}/precall`, {
				method: 'POST', body: JSON.stringify(this.found), headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
			});
			if (!answer.ok)
				throw new Error(String(answer.status));
			this.result = (await answer.json()) as Test;
			this.unkept = false;
		} catch {
			this.unkept = true;
		}
	}

	private play(): void {
		this.tone ??= new AudioContext();
		void this.tone.resume();
		const { currentTime: now, destination } = this.tone;
		const gain = new GainNode(this.tone, { gain: 0 });
		const source = new OscillatorNode(this.tone, { frequency: 440 });
		gain.gain.setTargetAtTime(0.15, now, 0.03);
		gain.gain.setTargetAtTime(0, now + TONE_S - 0.2, 0.03);
		source.connect(gain).connect(destination);
		source.start(now);
		source.stop(now + TONE_S);
	}

	private heard(speakers: 'heard' | 'silent'): void {
		this.found = { ...this.found, speakers };
		if (this.phase === 'done')
			void this.report();
	}

	override render(): TemplateResult {
		const { session } = this;
		const open = session.view !== null && isOpen(session.view, session.me);
		return html`<section class="precall" aria-labelledby="precall-title" data-testid="precall" data-phase=${this.phase} data-verdict=${this.result?.verdict ?? ''}>
			<h2 id="precall-title">${t('precall.title')}</h2>
			${this.phase === 'idle' ? html`<p class="small muted">${t('precall.note')}</p>` : this.steps()}
			${this.verdict()}
			${this.phase === 'running'
				? nothing
				: html`<button type="button" class="button" data-testid="precall-start" ?disabled=${open} @click=${() => void this.start()}>${t(this.phase === 'idle' ? 'precall.start' : 'precall.again')}</button>`}
			${open ? html`<p class="small">${t('precall.open')}</p>` : nothing}
		</section>`;
	}

	private steps(): TemplateResult {
		return html`<dl class="steps">
			<div><dt>${t('device.camera')}</dt><dd data-testid="precall-camera">${this.cameraWord()}</dd></div>
			<div><dt>${t('device.microphone')}</dt><dd data-testid="precall-microphone">${this.microphoneWord()}</dd></div>
			<div><dt>${t('precall.line')}</dt><dd data-testid="precall-line" data-step=${this.line}>${this.lineWord()}</dd></div>
		</dl>${this.speakers()}`;
	}

	private cameraWord(): string {
		const { camera } = this.found;
		if (camera === undefined)
			return t('precall.looking');
		return camera.state === 'works' ? t('precall.camera', { n: camera.height ?? 0 }) : t(`precall.device.${camera.state}` satisfies Key);
	}

	private microphoneWord(): string {
		const { microphone } = this.found;
		if (this.listening)
			return t('precall.speak');
		if (microphone === undefined)
			return t('precall.looking');
		return microphone.state === 'works' ? t('precall.microphone', { level: signed(microphone.level), noise: signed(microphone.noise) }) : t(`precall.device.${microphone.state}` satisfies Key);
	}

	private lineWord(): string {
		const { line } = this.found;
		if (this.line === 'waiting')
			return t('precall.line.waiting', { n: this.wait });
		if (this.line === 'done' && line !== undefined)
			return t('precall.line.found', { up: decimal(line.up / 1000), down: decimal(line.down / 1000), rtt: line.rtt });
		return t(`precall.line.${this.line}` satisfies Key);
	}

	private speakers(): TemplateResult {
		const { speakers } = this.found;
		const key = (answer: 'heard' | 'silent') => html`<button type="button" class="button" data-testid="precall-${answer}" aria-pressed=${speakers === answer} @click=${() => this.heard(answer)}>${t(`precall.${answer}`)}</button>`;
		return html`<div class="ask"><p>${t('precall.speakers')}</p>
			<button type="button" class="button" data-testid="precall-tone" ?disabled=${this.listening} @click=${() => this.play()}>${t('precall.tone')}</button>
			${key('heard')} ${key('silent')}</div>`;
	}

	private verdict(): TemplateResult | typeof nothing {
		if (this.unkept)
			return html`<p class="complaint" role="alert" data-testid="precall-unkept">${t('precall.unkept')}</p>`;
		if (this.result === null)
			return nothing;
		const { verdict, reasons } = this.result;
		return html`<div class="verdict ${GRADES[verdict]}" role="status" data-testid="precall-verdict">
			<p><span aria-hidden="true">${icon(ICONS[verdict])}</span> <strong>${t(`precall.verdict.${verdict}` satisfies Key)}</strong></p>
			${reasons.length === 0 ? nothing : html`<ul>${reasons.map(([reason]) => html`<li data-testid="precall-reason" data-reason=${reason}>${t(`precall.reason.${reason}` satisfies Key)}</li>`)}</ul>`}
		</div>`;
	}
}
