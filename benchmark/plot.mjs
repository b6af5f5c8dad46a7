/** A plot as SVG: lines over a logarithmic axis. */

const WIDTH = 640
const HEIGHT = 320
const EDGE = { left: 70, right: 20, top: 40, bottom: 50 }
const COLOURS = ['#0b6e99', '#b5502a', '#5b7c2c', '#6d4c9f']

/**
 * @param {object} plot
 * @param {string} plot.title
 * @param {string} plot.x what the horizontal axis shows
 * @param {string} plot.y what the vertical axis shows, from 0
 * @param {Record<string, [number, number][]>} plot.lines points by name; x is a power of ten or near
 */
export function plot({ title, x, y, lines }) {
  const points = Object.values(lines).flat()
  const logs = points.map(([at]) => Math.log10(at))
  const [least, most] = [Math.min(...logs), Math.max(...logs)]
  const top = ceiling(Math.max(...points.map(([, value]) => value)))
  const across = (at) =>
    EDGE.left + ((Math.log10(at) - least) / (most - least)) * (WIDTH - EDGE.left - EDGE.right)
  const up = (value) => HEIGHT - EDGE.bottom - (value / top) * (HEIGHT - EDGE.top - EDGE.bottom)

  const ticks = [...new Set(points.map(([at]) => at))].map((at) =>
    text(across(at), HEIGHT - EDGE.bottom + 18, 'middle', at.toLocaleString('en')),
  )
  const rules = [0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
    `<path d="M${EDGE.left} ${round(up(share * top))}H${WIDTH - EDGE.right}" stroke="#ddd"/>`,
    text(EDGE.left - 8, up(share * top) + 4, 'end', (share * top).toLocaleString('en')),
  ])
  const drawn = Object.entries(lines).flatMap(([name, line], index) => {
    const path = line.map(([at, value]) => `${round(across(at))} ${round(up(value))}`).join('L')
    const colour = COLOURS[index % COLOURS.length]
    return [
      `<path d="M${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      text(EDGE.left + 10 + index * 190, EDGE.top - 8, 'start', name, colour),
    ]
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(EDGE.left, 16, 'start', `${title}: ${y}`),
    ...rules,
    ...ticks,
    text((WIDTH + EDGE.left) / 2, HEIGHT - 10, 'middle', x),
    ...drawn,
    '</svg>\n',
  ].join('\n')
}

function text(x, y, anchor, content, colour = '#333') {
  const place = `x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="${colour}"`
  return `<text ${place}>${content}</text>`
}

/** The next number that is easily divided by four. */
function ceiling(value) {
  const power = 10 ** Math.floor(Math.log10(value))
  return [1, 2, 4, 8, 10].map((it) => it * power).find((it) => it >= value)
}

const round = (number) => Math.round(number * 10) / 10
