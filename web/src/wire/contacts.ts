import type { components } from './schema';

type Schemas = components['schemas'];

/** A client whom the company knows. */
export type Contact = Schemas['ContactView'];
/** A contact that may be the client, with the reasons for it. */
export type Candidate = Schemas['CandidateView'];
/** Something that agrees between a client and a contact. */
export type Reason = Schemas['ReasonView'];
/** The client of a session, as far as known. */
export type Client = Schemas['ClientView'];
/** A phone or an e-mail, with what it is for. */
export type Entry = Schemas['Entry'];
/** A customer number and the like. */
export type Identifier = Schemas['Identifier'];
export type NewContact = Schemas['NewContact'];
export type ContactChange = Schemas['ContactChange'];
/** A session as it is listed. */
export type PastSession = Schemas['SessionView'];
