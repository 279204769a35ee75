import type { components } from './schema';

type Schemas = components['schemas'];

export type Invitation = Schemas['InvitationView'];
/** One that was just made, with what is shown this once. */
export type MadeInvitation = Schemas['InvitationMadeView'];
/** By which clients come. */
export type Widget = Schemas['WidgetView'];
