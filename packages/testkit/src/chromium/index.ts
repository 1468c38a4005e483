export { describeWithChromium } from './describe-with-chromium';
export { openOfflinePage, type OfflinePage } from './open-offline-page';
