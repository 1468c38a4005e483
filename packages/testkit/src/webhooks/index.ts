export { signedHeaders, simulatedWebhook, webhookSecret, type SimulatedWebhook } from './simulated-webhook';
