import type { components } from './schema';

type Schemas = components['schemas'];

/** What was done about a session: tags, notes, what it led to, parameters. */
export type Work = Schemas['WorkView'];
export type SessionTag = Schemas['SessionTagView'];
export type SuggestedTag = Schemas['SuggestedTag'];
export type Note = Schemas['NoteView'];
export type Parameter = Schemas['ParameterView'];
/** Why a session was or is offered to whom. */
export type Routing = Schemas['RoutingView'];
/** A tag of a tenant's catalogue. */
export type CatalogueTag = Schemas['TagView'];
export type NewTag = Schemas['NewTag'];
export type Template = Schemas['TemplateView'];
export type NewTemplate = Schemas['NewTemplate'];
export type Colour = Schemas['Colour'];

/** The colours that a tag may have, in the order in which they are offered. */
export const COLOURS: readonly Colour[] = ['grey', 'red', 'orange', 'yellow', 'green', 'teal', 'blue', 'purple', 'pink'];
/** Characters that the server takes of a tag or a parameter's name, of a value, and of a note. */
export const MOST = { tag: 40, value: 200, note: 2_000 } as const;
