import type { Violation } from '../manifests/violation';
import type { Manifests } from '../manifests/manifests';

/** A check of all objects together. */
export type Rule = (manifests: Manifests) => Violation[];
