// A person at a client built on matrix-js-sdk: one command a line on stdin, one answer a line on stdout, JSON both.
//
// {"id": 1, "do": "say", "with": {"room": "!r:localhost", "text": "hello"}}  →  {"id": 1, "answer": {…}}
// What fails is answered with {"id": 1, "error": "…"}. A command that waits does so until its condition holds: it is
// the asker who loses patience. What the SDK has to say goes to stderr.

import { Console } from "node:console";
import { createInterface } from "node:readline";

import { ClientEvent, createClient, EventType, MatrixEventEvent, MsgType, Preset, RoomEvent } from "matrix-js-sdk";
import {
    AllDevicesIsolationMode,
    CryptoEvent,
    decodeRecoveryKey,
    EventShieldColour,
    EventShieldReason,
    OnlySignedDevicesIsolationMode,
    VerificationPhase,
    VerificationRequestEvent,
    VerifierEvent,
} from "matrix-js-sdk/lib/crypto-api/index.js";

globalThis.console = new Console(process.stderr);

let client;
let credentials;
let storageKey; // of the person's own secret storage, as bytes
let request; // the verification under way
let sas; // its emoji, once both sides have them

// --- waiting ------------------------------------------------------------------------------------------------

const world = new EventTarget();
const changed = () => world.dispatchEvent(new Event("changed"));

async function until(condition) {
    for (;;) {
        const change = new Promise((resolve) => world.addEventListener("changed", resolve, { once: true }));
        const found = await condition();
        if (found) return found;
        await change;
    }
}

// --- who they are -------------------------------------------------------------------------------------------

async function login({ homeserver, user, password, onlySigned }) {
    const identifier = { type: "m.id.user", user };
    credentials = { type: "m.login.password", identifier, password };
    const session = await createClient({ baseUrl: homeserver }).loginRequest(credentials);
    client = createClient({
        baseUrl: homeserver,
        userId: session.user_id,
        deviceId: session.device_id,
        accessToken: session.access_token,
        cryptoCallbacks: { getSecretStorageKey: async ({ keys }) => [Object.keys(keys)[0], storageKey] },
    });
    await client.initRustCrypto({ useIndexedDB: false });
    const mode = onlySigned ? new OnlySignedDevicesIsolationMode() : new AllDevicesIsolationMode(false);
    client.getCrypto().setDeviceIsolationMode(mode);
    for (const event of [ClientEvent.Sync, RoomEvent.Timeline, MatrixEventEvent.Decrypted]) client.on(event, changed);
    for (const event of [CryptoEvent.UserTrustStatusChanged, CryptoEvent.DevicesUpdated]) client.on(event, changed);
    await client.startClient({ initialSyncLimit: 50 });
    await until(() => client.isInitialSyncComplete());
    return { device: session.device_id };
}

/** An identity of their own, and this device signed by it; the answer's recovery key brings it to another device. */
async function makeIdentity() {
    const crypto = client.getCrypto();
    const authUploadDeviceSigningKeys = (upload) => upload(credentials);
    await crypto.bootstrapCrossSigning({ authUploadDeviceSigningKeys });
    const key = await crypto.createRecoveryKeyFromPassphrase();
    storageKey = key.privateKey;
    await crypto.bootstrapSecretStorage({ createSecretStorageKey: async () => key, setupNewSecretStorage: true });
    return { recoveryKey: key.encodedPrivateKey };
}

/** The identity made on another device; this one is signed by it. */
async function bringIdentity({ recoveryKey }) {
    const crypto = client.getCrypto();
    storageKey = decodeRecoveryKey(recoveryKey);
    await crypto.userHasCrossSigningKeys(client.getUserId(), true); // the public half is asked for first
    await crypto.bootstrapCrossSigning({});
    return {};
}

// --- rooms --------------------------------------------------------------------------------------------------

async function createRoom({ invite, direct }) {
    const algorithm = { algorithm: "m.megolm.v1.aes-sha2" };
    const { room_id: room } = await client.createRoom({
        invite,
        is_direct: direct,
        preset: direct ? Preset.TrustedPrivateChat : Preset.PrivateChat,
        initial_state: [{ type: EventType.RoomEncryption, state_key: "", content: algorithm }],
    });
    if (direct) {
        const chats = client.getAccountData(EventType.Direct)?.getContent() ?? {};
        const chatsThen = Object.fromEntries(invite.map((who) => [who, [...(chats[who] ?? []), room]]));
        await client.setAccountData(EventType.Direct, { ...chats, ...chatsThen });
    }
    await isEncrypted(room);
    return { room };
}

/** The room that somebody has invited them to. */
async function invitation({ from }) {
    const room = await until(() =>
        client.getRooms().find((one) => one.getMyMembership() === "invite" && one.getDMInviter() === from),
    );
    return { room: room.roomId };
}

async function join({ room }) {
    await client.joinRoom(room);
    await isEncrypted(room);
    return {};
}

async function hasJoined({ room, who }) {
    await until(() => client.getRoom(room)?.getMember(who)?.membership === "join");
    return {};
}

async function isEncrypted(room) {
    await until(() => client.getRoom(room) && client.getCrypto().isEncryptionEnabledInRoom(room));
}

async function say({ room, text }) {
    const content = { msgtype: MsgType.Text, body: text, "m.mentions": {} };
    const { event_id: event } = await client.sendEvent(room, EventType.RoomMessage, content);
    return { event };
}

async function timeline({ room }) {
    const events = client.getRoom(room)?.getLiveTimeline().getEvents() ?? [];
    return Promise.all(events.map(seen));
}

/** The first event after `since` that passes; unreadable ones pass only where they are asked for. */
async function hear({ room, from, words, since, unreadable }) {
    return until(async () => {
        const events = await timeline({ room });
        const start = events.findIndex((one) => one.event === since) + 1;
        if (since && !start) return null; // it has not come down the sync yet
        const passes = (one) => (unreadable ? one.unreadable : one.body && words.every((word) => one.body.includes(word)));
        return events.slice(start).find((one) => one.sender === from && passes(one));
    });
}

/** An event as a client shows it: with its shield, and with the reason if it can't be read. */
async function seen(event) {
    const info = await client.getCrypto().getEncryptionInfoForEvent(event);
    return {
        event: event.getId(),
        sender: event.getSender(),
        type: event.getType(),
        encrypted: event.isEncrypted(),
        body: event.isDecryptionFailure() ? null : (event.getContent().body ?? null),
        unreadable: event.isDecryptionFailure() ? event.decryptionFailureReason : null,
        shield: info && EventShieldColour[info.shieldColour],
        reason: info && (EventShieldReason[info.shieldReason] ?? null),
    };
}

// --- whom they trust ----------------------------------------------------------------------------------------

async function trust({ user }) {
    const crypto = client.getCrypto();
    const status = await crypto.getUserVerificationStatus(user);
    const devices = (await crypto.getUserDeviceInfo([user], true)).get(user) ?? new Map();
    const found = await Promise.all([...devices.keys()].map((id) => crypto.getDeviceVerificationStatus(user, id)));
    return {
        verified: status.isCrossSigningVerified(),
        replaced: status.needsUserApproval,
        masterKey: (await crypto.getUserCrossSigningKeys(user))?.master_key?.keys ?? null,
        devices: Object.fromEntries([...devices.keys()].map((id, at) => [id, trustOf(found[at])])),
    };
}

/** Wait until a device of somebody's is known as signed by them. */
async function seesSigned({ user, device }) {
    const crypto = client.getCrypto();
    await until(async () => (await crypto.getDeviceVerificationStatus(user, device))?.signedByOwner);
    return {};
}

function trustOf(status) {
    return { signed: status.signedByOwner, verified: status.crossSigningVerified };
}

/** Ask somebody to verify: in the room if one is given, else from device to device; it ends with the emoji shown. */
async function verify({ user, room, device }) {
    const crypto = client.getCrypto();
    sas = null;
    request = room ? await crypto.requestVerificationDM(user, room) : await crypto.requestDeviceVerification(user, device);
    request.on(VerificationRequestEvent.Change, changed);
    await until(() => cancelled() || request.phase >= VerificationPhase.Ready);
    if (!cancelled() && !request.verifier) await request.startVerification("m.sas.v1");
    await until(() => cancelled() || request.verifier);
    if (cancelled()) throw new Error(`the verification was cancelled: ${cancelled()}`);
    const { verifier } = request;
    verifier.on(VerifierEvent.ShowSas, changed);
    verifier.verify().catch(changed); // its outcome is the request's phase
    sas = await until(() => cancelled() || verifier.getShowSasCallbacks());
    if (cancelled()) throw new Error(`the verification was cancelled: ${cancelled()}`);
    return { emoji: sas.sas.emoji, decimals: sas.sas.decimal };
}

async function matches() {
    await sas.confirm();
    return {};
}

async function differs() {
    sas.mismatch();
    return {};
}

async function verified() {
    await until(() => cancelled() || request.phase === VerificationPhase.Done);
    return { done: request.phase === VerificationPhase.Done, cancelled: cancelled(), by: request.cancellingUserId ?? null };
}

/** Why the verification is no more; null while it is. */
function cancelled() {
    return request.phase === VerificationPhase.Cancelled ? (request.cancellationCode ?? "unknown") : null;
}

// --- commands -----------------------------------------------------------------------------------------------

const COMMANDS = { login, makeIdentity, bringIdentity, createRoom, invitation, join, hasJoined, say, timeline };
Object.assign(COMMANDS, { hear, trust, seesSigned, verify, matches, differs, verified });

async function obey(line) {
    const { id, do: name, with: details } = JSON.parse(line);
    try {
        return { id, answer: await COMMANDS[name](details) };
    } catch (error) {
        return { id, error: `${name}: ${error.stack ?? error}` };
    }
}

// stdin ends with the process that started this one: nobody is left behind.
const lines = createInterface({ input: process.stdin });
lines.on("line", async (line) => process.stdout.write(`${JSON.stringify(await obey(line))}\n`));
lines.on("close", () => process.exit(0));
