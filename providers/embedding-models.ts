// Tells models that only turn texts into numbers from those that answer: servers list both side by side.

export interface ListedModel {
  readonly name: string;
  /** Families that the server reports, such as `nomic-bert`. */
  readonly families?: readonly unknown[];
  /** What it reports the model can do, such as `completion` or `embedding`; absent from older servers. */
  readonly capabilities?: unknown;
}

/** Words of names: `nomic-embed-text`, `embeddinggemma`, `bge-m3`, `all-minilm`, `text-embedding-3-small`. */
const EMBEDDING_NAME = /(^|[/_:.-])(\w*embed\w*|bge|gte|e5|\w*minilm|\w*rerank\w*)([/_:.-]|$)/i;
/** Encoders of the BERT family have no next word to say. */
const ENCODER_FAMILY = /bert/i;

/** True where the model cannot answer a prompt: by its capabilities where they are told, else by family and name. */
export const isEmbedder = ({ name, families = [], capabilities }: ListedModel): boolean =>
  Array.isArray(capabilities) && capabilities.length > 0
    ? !capabilities.includes('completion')
    : EMBEDDING_NAME.test(name) || families.some((family) => ENCODER_FAMILY.test(String(family ?? '')));
