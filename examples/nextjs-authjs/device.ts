import { headers } from 'next/headers'

const BROWSERS: [string, RegExp][] = [
  ['Edge', /\bEdg\//],
  ['Firefox', /\bFirefox\//],
  ['Chrome', /\b(Headless)?Chrome\//],
  ['Safari', /\bSafari\//],
]

const SYSTEMS: [string, RegExp][] = [
  ['Android', /\bAndroid\b/],
  ['iOS', /\b(iPhone|iPad)\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMacintosh\b/],
  ['Linux', /\bLinux\b/],
]

/** What people call the device that asks: "Firefox on Linux". Browsers may say anything of themselves. */
export async function deviceName(): Promise<string> {
  const agent = (await headers()).get('user-agent') ?? ''
  const nameIn = (names: [string, RegExp][]) => names.find(([, sign]) => sign.test(agent))?.[0]
  const [browser, system] = [nameIn(BROWSERS) ?? 'A browser', nameIn(SYSTEMS)]
  return system ? `${browser} on ${system}` : browser
}
