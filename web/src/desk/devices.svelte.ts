import type { Microphone } from './handset';

/** A microphone or a loudspeaker. */
export interface Device {
  readonly id: string;
  readonly name: string;
}

/** Microphones and loudspeakers of this machine, and whether they may be used. */
export class Devices {
  microphone: Microphone = $state('unasked');
  microphones: readonly Device[] = $state.raw([]);
  speakers: readonly Device[] = $state.raw([]);

  /** Looks, and looks again whenever something is plugged in or a permission changes. */
  async watch(): Promise<void> {
    const media = navigator.mediaDevices as MediaDevices | undefined;
    if (!isSecureContext || media === undefined) {
      this.microphone = 'insecure';
      return;
    }
    media.addEventListener('devicechange', () => void this.look());
    await this.look();
    const permission = await navigator.permissions.query({ name: 'microphone' as PermissionName }).catch(() => null);
    permission?.addEventListener('change', () => void this.look());
  }

  /** Asks the browser for the microphone, so that the first call does not have to. */
  async ask(): Promise<void> {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      for (const track of stream.getTracks()) track.stop();
    } catch {
      // What came of it is looked up below.
    }
    await this.look();
  }

  async look(): Promise<void> {
    const found = await navigator.mediaDevices.enumerateDevices().catch(() => []);
    const of = (kind: MediaDeviceKind) =>
      found
        .filter((device) => device.kind === kind && device.deviceId !== '' && device.deviceId !== 'default')
        .map((device) => ({ id: device.deviceId, name: device.label }));
    this.microphones = of('audioinput');
    this.speakers = of('audiooutput');
    this.microphone = await state(found.some((device) => device.kind === 'audioinput'));
  }
}

async function state(exists: boolean): Promise<Microphone> {
  const permission = await navigator.permissions.query({ name: 'microphone' as PermissionName }).catch(() => null);
  if (permission?.state === 'denied') return 'denied';
  if (!exists) return 'none';
  return permission?.state === 'granted' ? 'usable' : 'unasked';
}
