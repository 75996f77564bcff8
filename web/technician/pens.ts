/** What the one canvas of the table is drawn with: meters and small plots, in the colours of the page. */

export interface Inks {
	good: string;
	fair: string;
	bad: string;
	line: string;
	accent: string;
}

/** The page's colours as they are now; light and dark may change at any time. Canvas takes no custom properties: `probe` shows them one by one. */
export function inksOf(probe: HTMLElement): Inks {
	const of = (name: string) => {
		probe.style.color = `var(--${name})`;
		return getComputedStyle(probe).color;
	};
	return { good: of('good'), fair: of('fair'), bad: of('bad'), line: of('line'), accent: of('accent') };
}

export interface Box {
	x: number;
	y: number;
	width: number;
	height: number;
}

const FLOOR_DB = -60;
/** From these on a voice is loud, and nearly cut off. */
const LOUD_DB = -12;
const HOT_DB = -3;
const TICK_PX = 2;

/** A level in dBov as a bar, its peak as a tick. Left to right in every language, as on the devices. */
export function drawMeter(pen: CanvasRenderingContext2D, { x, y, width, height }: Box, reading: { level: number; peak: number } | null, inks: Inks): void {
	pen.fillStyle = inks.line;
	pen.fillRect(x, y, width, height);
	if (reading === null)
		return;
	const { level, peak } = reading;
	const at = (db: number) => (Math.min(0, Math.max(FLOOR_DB, db)) / -FLOOR_DB + 1) * width;
	const part = (from: number, to: number, ink: string) => {
		if (level <= from)
			return;
		pen.fillStyle = ink;
		pen.fillRect(x + at(from), y, at(Math.min(level, to)) - at(from), height);
	};
	part(FLOOR_DB, LOUD_DB, inks.good);
	part(LOUD_DB, HOT_DB, inks.fair);
	part(HOT_DB, 0, inks.bad);
	if (peak <= Math.max(FLOOR_DB, level))
		return;
	pen.fillStyle = peak > HOT_DB ? inks.bad : peak > LOUD_DB ? inks.fair : inks.good;
	pen.fillRect(x + Math.min(at(peak), width - TICK_PX), y, TICK_PX, height);
}

/** Values as a line, time from left to right in every language; `top` is the least that fills the height. */
export function drawSpark(pen: CanvasRenderingContext2D, { x, y, width, height }: Box, values: (number | null)[], top: number, ink: string): void {
	const most = Math.max(top, ...values.map((value) => value ?? 0));
	const step = width / (values.length - 1);
	pen.strokeStyle = ink;
	pen.lineWidth = 1.5;
	pen.lineJoin = 'round';
	pen.beginPath();
	let down = false;
	values.forEach((value, i) => {
		if (value === null) {
			down = false;
			return;
		}
		const px = x + i * step;
		const py = y + height - (value / most) * height;
		if (down)
			pen.lineTo(px, py);
		else
			pen.moveTo(px, py);
		down = true;
	});
	pen.stroke();
}
