import type { Finding } from '../manifests/finding';
import type { Manifests } from '../manifests/manifests';

/** A check of all objects together. */
export type Rule = (manifests: Manifests) => Finding[];
