"""A PJSIP phone for tests: takes one JSON command a line, prints one JSON event a line, ends with its input.

Commands: {"do": "call", "uri": …} | answer, hangup, reject (with "code"), dtmf and info_keys ("keys"), hold, resume;
each may name a "call" by its number, else the newest one is meant. "call" may have "headers".
"""

import json
import os
import select
import sys

import pjsua2 as pj


def say(**event):
    print(json.dumps(event), flush=True)


def settle(media):
    """Sound as it comes: no silence left out, and a jitter buffer that stands still.

    By way of JSON, because the bindings have no names for the ways to discard frames (0: none).
    """
    document = pj.JsonDocument()
    document.writeObject(media)
    config = json.loads(document.saveString())
    config["MediaConfig"].update(
        clockRate=8000, sndClockRate=8000, channelCount=1, noVad=True, ecTailLen=0,
        jbInit=100, jbMinPre=100, jbMaxPre=100, jbMax=1000, jbDiscardAlgo=0,
    )
    document = pj.JsonDocument()
    document.loadString(json.dumps(config))
    document.readObject(media)


class Call(pj.Call):
    def __init__(self, phone, number=pj.PJSUA_INVALID_ID):
        super().__init__(phone.account, number)
        self.phone = phone
        self.recorder = None
        self.wired = False

    def onCallState(self, prm):
        info = self.getInfo()
        role = "caller" if info.role == pj.PJSIP_ROLE_UAC else "callee"
        say(event="call", call=info.id, role=role, state=info.stateText, status=info.lastStatusCode,
            reason=info.lastReason)
        if info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.phone.closed(self)

    def onCallMediaState(self, prm):
        info = self.getInfo()
        for index, media in enumerate(info.media):
            if media.type != pj.PJMEDIA_TYPE_AUDIO:
                continue
            say(event="media", call=info.id, status=media.status, direction=media.dir)
            if media.status == pj.PJSUA_CALL_MEDIA_ACTIVE:
                self.phone.wire(self, self.getAudioMedia(index))

    def onDtmfDigit(self, prm):
        say(event="dtmf", call=self.getId(), key=prm.digit)

    def onStreamDestroyed(self, prm):
        self.phone.report(self, prm.streamIdx)


class Watched(pj.Buddy):
    def onBuddyState(self):
        info = self.getInfo()
        say(event="presence", uri=info.uri, online=info.presStatus.status == pj.PJSUA_BUDDY_STATUS_ONLINE,
            text=info.presStatus.statusText, note=info.presStatus.note)


class Account(pj.Account):
    def __init__(self, phone):
        super().__init__()
        self.phone = phone

    def onMwiInfo(self, prm):
        say(event="messages", body=prm.rdata.wholeMsg)

    def onRegState(self, prm):
        say(event="registration", status=prm.code, expires=prm.expiration)

    def onIncomingCall(self, prm):
        call = Call(self.phone, prm.callId)
        self.phone.calls.append(call)
        info = call.getInfo()
        say(event="incoming", call=prm.callId, source=info.remoteUri)
        if self.phone.setup["auto_answer"]:
            self.phone.answer(call, 200)
        else:
            self.phone.answer(call, 180)


class Phone:
    def __init__(self, setup):
        self.setup = setup
        self.calls = []
        self.closing = []
        self.count = 0
        self.endpoint = pj.Endpoint()
        self.endpoint.libCreate()
        config = pj.EpConfig()
        config.uaConfig.threadCnt = 0
        config.uaConfig.mainThreadOnly = True
        config.logConfig.level = 4
        config.logConfig.consoleLevel = 0
        config.logConfig.filename = setup["log"]
        settle(config.medConfig)
        self.endpoint.libInit(config)
        transport = pj.TransportConfig()
        transport.port = setup["sip_port"]
        transport.boundAddress = "127.0.0.1"
        kind = {
            "udp": pj.PJSIP_TRANSPORT_UDP, "tcp": pj.PJSIP_TRANSPORT_TCP, "tls": pj.PJSIP_TRANSPORT_TLS,
        }[setup["over"]]
        if setup["ca"]:
            transport.tlsConfig.CaListFile = setup["ca"]
            transport.tlsConfig.verifyServer = True
        if setup["certificate"]:
            transport.tlsConfig.certFile, transport.tlsConfig.privKeyFile = setup["certificate"]
        self.endpoint.transportCreate(kind, transport)
        self.endpoint.libStart()
        self.endpoint.audDevManager().setNullDev()
        for codec in self.endpoint.codecEnum2():
            self.endpoint.codecSetPriority(codec.codecId, 0)
        self.endpoint.codecSetPriority(setup["codec"] + "/8000/1", 200)
        self.player = pj.AudioMediaPlayer()
        self.player.createPlayer(setup["says"], pj.PJMEDIA_FILE_NO_LOOP)
        self.account = self.make_account()
        say(event="ready")

    def account_config(self):
        setup, config = self.setup, pj.AccountConfig()
        suffix = "" if setup["over"] == "udp" else ";transport=" + setup["over"]
        if setup["registrar"]:
            config.idUri = "sip:%s@127.0.0.1:%d" % (setup["user"], setup["registrar"])
            config.regConfig.registrarUri = "sip:127.0.0.1:%d%s" % (setup["registrar"], suffix)
            config.sipConfig.authCreds.append(
                pj.AuthCredInfo("digest", "*", setup["user"], 0, setup["password"])
            )
        else:
            config.idUri = "sip:%s@127.0.0.1:%d" % (setup["user"], setup["sip_port"])
        config.mediaConfig.transportConfig.boundAddress = "127.0.0.1"
        config.mediaConfig.transportConfig.port = setup["rtp_port"]
        config.mediaConfig.transportConfig.portRange = 20
        config.videoConfig.autoShowIncoming = False
        if setup["srtp"] is not None:
            config.mediaConfig.srtpUse = pj.PJMEDIA_SRTP_MANDATORY
            config.mediaConfig.srtpSecureSignaling = 1
            if setup["srtp"]:
                crypto = pj.SrtpCrypto()
                crypto.name = setup["srtp"]
                config.mediaConfig.srtpOpt.cryptos.append(crypto)
        return config

    def make_account(self):
        account = Account(self)
        account.create(self.account_config())
        return account

    def wire(self, call, audio):
        """Once for a call: what it hears goes to a file, and the phone's voice goes to it, from its beginning."""
        if call.wired:
            self.player.startTransmit(audio)
            audio.startTransmit(call.recorder)
            return
        call.wired = True
        call.recorder = pj.AudioMediaRecorder()
        call.recorder.createRecorder(os.path.join(self.setup["folder"], "heard-%d.wav" % self.count))
        self.count += 1
        self.player.setPos(0)
        self.player.startTransmit(audio)
        audio.startTransmit(call.recorder)

    def report(self, call, index):
        try:
            stat = call.getStreamStat(index).rtcp
        except pj.Error:
            return
        say(event="statistics", call=call.getId(), received=stat.rxStat.pkt, lost=stat.rxStat.loss,
            sent=stat.txStat.pkt, out_of_order=stat.rxStat.reorder, duplicates=stat.rxStat.dup)

    def closed(self, call):
        self.closing.append(call)

    def answer(self, call, code):
        prm = pj.CallOpParam(True)
        prm.statusCode = code
        call.answer(prm)

    def do(self, command):
        action = command["do"]
        if action == "call":
            call = Call(self)
            self.calls.append(call)
            prm = pj.CallOpParam(True)
            for name, value in command.get("headers", {}).items():
                header = pj.SipHeader()
                header.hName, header.hValue = name, value
                prm.txOption.headers.append(header)
            call.makeCall(command["uri"], prm)
            return
        if action == "watch":
            config = pj.BuddyConfig()
            config.uri, config.subscribe = command["uri"], True
            self.watched = Watched()
            self.watched.create(self.account, config)
            return
        if action == "watch_messages":
            config = self.account_config()
            config.mwiConfig.enabled = True
            self.account.modify(config)
            return
        if action == "unregister":
            self.account.setRegistration(False)
            return
        number = command.get("call")
        call = next((c for c in reversed(self.calls) if number is None or c.getId() == number), None)
        if call is None:
            say(event="error", what="there is no call to " + action)
            return
        prm = pj.CallOpParam(True)
        if action in ("answer", "reject"):
            self.answer(call, command.get("code", 200))
        elif action == "hangup":
            call.hangup(prm)
        elif action == "dtmf":
            call.dialDtmf(command["keys"])
        elif action == "info_keys":
            keys = pj.CallSendDtmfParam()
            keys.method, keys.digits = pj.PJSUA_DTMF_METHOD_SIP_INFO, command["keys"]
            call.sendDtmf(keys)
        elif action == "hold":
            call.setHold(prm)
        elif action == "resume":
            prm.opt.flag = pj.PJSUA_CALL_UNHOLD
            call.reinvite(prm)
        elif action == "transfer":
            call.xfer(command["uri"], prm)
        elif action == "transfer_to_other":
            # The first call's other party is to talk with that of the last one.
            self.calls[0].xferReplaces(self.calls[-1], prm)
        elif action == "hold_first":
            self.calls[0].setHold(prm)
        else:
            say(event="error", what="no such command: " + action)

    def run(self):
        buffer = b""
        while True:
            self.endpoint.libHandleEvents(10)
            for call in self.closing:
                # Closes its file: what was heard is whole from here on.
                call.recorder = None
                self.calls.remove(call)
                say(event="closed", call=call.getId())
            self.closing.clear()
            if not select.select([0], [], [], 0)[0]:
                continue
            chunk = os.read(0, 65536)
            if not chunk:
                return
            buffer += chunk
            *lines, buffer = buffer.split(b"\n")
            for line in lines:
                try:
                    self.do(json.loads(line))
                except pj.Error as error:
                    say(event="error", what=error.info())


if __name__ == "__main__":
    Phone(json.loads(sys.argv[1])).run()
    # The library's own shutdown waits for peers that may be gone; the test has what it wants.
    os._exit(0)
