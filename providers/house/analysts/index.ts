// The public list of house analysts: each lives in a file of its own beside this one and is named here.
import type { HouseAnalyst } from './house-analyst';

export const HOUSE_ANALYSTS: readonly HouseAnalyst[] = [];
