// The other end of one visitor's chat: as much of the server as a picture needs.

export const SETTINGS = {
  title: 'Ask Acme',
  greeting: 'Hello! How can we help you with our lamps?',
  language: null,
  position: 'right',
  colour: '#9a4a1c',
  form: { name: 'required', phone: 'optional', email: 'optional' },
  consent: { version: '1', text: 'We keep what is written here for 30 days, so that we can come back to it. More at https://shop.example/privacy.' },
  tenant: 'Acme',
};

export class PretendedChat {
  #sockets = new Set();
  #messages = [];
  #stage = null;
  #taken = 0;
  #online = true;

  take(socket) {
    if (!this.#online) return socket.close();
    this.#sockets.add(socket);
    socket.onClose(() => this.#sockets.delete(socket));
    socket.onMessage((text) => this.#heard(socket, JSON.parse(text)));
  }

  serve(name) {
    this.#enter({ served: { by: [name] } });
  }

  end(why) {
    this.#enter({ ended: { why } });
  }

  write(text, by = 'operator') {
    const message = { number: this.#messages.length + 1, at: Date.now(), by, author: by === 'operator' ? 'Anna Nováková' : 'Jan', text };
    this.#messages.push(message);
    this.#tell({ message });
  }

  types() {
    this.#tell({ typing: { author: 'Anna Nováková' } });
  }

  read() {
    this.#tell({ read: this.#messages.length });
  }

  cut() {
    this.#online = false;
    for (const socket of this.#sockets) socket.close();
    this.#sockets.clear();
  }

  mend() {
    this.#online = true;
  }

  #enter(stage) {
    this.#stage = stage;
    this.#tell({ stage });
  }

  #tell(frame) {
    for (const socket of this.#sockets) socket.send(JSON.stringify(frame));
  }

  #heard(socket, { hello, begin, write, ping, end }) {
    const say = (frame) => socket.send(JSON.stringify(frame));
    if (hello) {
      say({ welcome: { token: hello.token, taken: this.#taken, stage: hello.token && this.#stage } });
      for (const message of this.#messages) if (message.number > hello.seen) say({ message });
    }
    if (begin) {
      say({ begun: { token: 'a-token' } });
      this.#enter({ waiting: { position: 2 } });
    }
    if (write?.text.startsWith('refuse')) say({ refused: { own: write.own, why: 'too many messages at once' } });
    else if (write?.own > this.#taken) {
      this.#taken = write.own;
      say({ taken: { own: write.own, number: this.#messages.length + 1 } });
      this.write(write.text, 'client');
    } else if (write) say({ taken: { own: write.own, number: 0 } });
    if (ping) say({ pong: {} });
    if (end) this.end('client');
  }
}
