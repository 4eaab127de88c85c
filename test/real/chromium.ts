import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts the Chromium of the system; whoever has none is told what to install, once and not by every test. */
export function chromiumOfTheSystem(): () => Promise<Browser> {
  const asked = process.env['CHROMIUM'];
  const executablePath = asked ?? PLACES.find((place) => existsSync(place));
  if (executablePath === undefined || !existsSync(executablePath))
    throw new Error('Chromium is not there: run "apt-get install chromium", or set CHROMIUM to where it is.');
  return () => chromium.launch({ executablePath, args: FLAGS });
}
