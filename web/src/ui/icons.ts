// The pictures on buttons: strokes on a field of 24, drawn in the colour of the text.

const shapes = {
  select: 'M4 6h9M4 12h13M4 18h6M19 4v16M17 4h4M17 20h4',
  box: 'M5 5h14v14H5z',
  polygon: 'M12 4l8 6-3 9H7l-3-9z',
  hand: 'M8 12V6a1.5 1.5 0 013 0v5-7a1.5 1.5 0 013 0v7-5a1.5 1.5 0 013 0v8c0 4-2 6-5 6s-4-1-6-4l-2-3a1.4 1.4 0 012-1.8z',
  undo: 'M9 7L4 12l5 5M4 12h10a6 6 0 016 6',
  redo: 'M15 7l5 5-5 5M20 12H10a6 6 0 00-6 6',
  minus: 'M5 12h14',
  plus: 'M5 12h14M12 5v14',
  fit: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  rotate: 'M20 12a8 8 0 11-3-6.2M20 3v4h-4',
  words: 'M4 6h5v4H4zM12 6h8v4h-8zM4 14h8v4H4zM15 14h5v4h-5z',
  keyboard: 'M3 7h18v11H3zM7 11h.01M11 11h.01M15 11h.01M18 11h.01M8 15h8',
  next: 'M9 5l7 7-7 7',
  theme: 'M12 3a9 9 0 100 18zM12 3a9 9 0 010 18',
} as const;

export type IconName = keyof typeof shapes;

const svg = 'http://www.w3.org/2000/svg';

export function icon(name: IconName): SVGElement {
  const picture = document.createElementNS(svg, 'svg');
  picture.setAttribute('viewBox', '0 0 24 24');
  picture.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(svg, 'path');
  path.setAttribute('d', shapes[name]);
  picture.append(path);
  return picture;
}
