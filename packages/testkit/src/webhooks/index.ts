export { simulatedWebhook, webhookSecret, type SimulatedWebhook } from './simulated-webhook';
