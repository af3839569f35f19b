import Acts
import Engine
import EngineAPI
import Exchange
import Foundation
import GuardedShell
import Ledger
import Logging
import NIOCore
import NIOSSL
import NIOTLS
import Policy
import Store
import Wire

/// One client's connection: reads requests, runs an `Exchange` for each, and moves bytes.
///
/// What happens is decided by the exchange; this handler carries it out. Confined to its loop,
/// which it shares with the engine's connections.
final class ClientConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What is done with bytes from the client.
    enum Intake {
        /// They are a request's head.
        case head
        /// They are a body that is judged as a whole.
        case collecting([UInt8], limit: Int)
        /// They wait: the request has been read and is being dealt with.
        case held
        /// They are a body that goes to the engine.
        case streaming
        /// They go to the engine as they are.
        case raw
        /// They are thrown away: the connection is ending.
        case discarding
    }

    /// What is done with bytes from the engine.
    enum Outflow {
        /// None are expected.
        case idle
        /// They are an answer's head.
        case head
        /// They are a body whose framing the client reads too.
        case framed
        /// They are a body that ends when the engine closes; each piece becomes a chunk.
        case chunked
        /// They are events; each piece of those that the client may see becomes a chunk.
        case events
        /// They are progress of what makes images; each piece of its lines becomes a chunk.
        case progress
        /// They are a list; what the client may see of each piece becomes a chunk.
        case list
        /// They are lines; each is told anew and becomes a chunk.
        case lines
        /// They are a body that is changed as a whole.
        case collecting([UInt8], limit: Int)
        /// They go to the client as they are.
        case raw
    }

    let loop: LoopContext
    /// What clients of its listener may call us.
    let hosts: HostNames
    var context: ChannelHandlerContext?
    private(set) var peer: Peer
    private(set) var from = ""

    // The client's side.
    var intake = Intake.head
    var reader = MessageReader()
    private var isProcessing = false
    var (isReadPending, isUnflushed, wasBelieved) = (false, false, false)
    private(set) var wasTruncated = false
    var deadline: NIODeadline?

    // The exchange under way.
    var exchange: Exchange
    var isActive = false
    /// Counts exchanges, so that an answer which comes late finds out that it is too late.
    var number = 0
    var record: ActRecord?
    var facts = Facts()
    /// What is to be made for a tenant.
    var intent: OwnedObject?
    /// Volumes that are to be made first, by the tenant's names.
    var volumeIntents: [String: OwnedObject] = [:]
    /// The new name of a container, while the engine is asked.
    var renaming: Renaming?
    /// The tenants whose names the client means; nil: the engine's.
    var tenants: [String]?
    /// True while nobody else may add up what the engine's disk holds.
    var hasTurn = false
    /// How often the act was judged again.
    var turns = 0
    /// What was chosen for the network that is to be made.
    var subnet: SubnetPool.Subnet?
    /// What our store knew of what is to be removed.
    var removal: OwnedObject?
    /// The status of the engine's answer; 0 before there is one.
    var engineStatus = 0
    /// The archive that is judged while it passes.
    var upload: ArchiveUpload?
    /// True while a thread works on it.
    var isUploadBusy = false
    /// True when all of it has come.
    var isUploadWhole = false
    /// What the archive turned out to hold.
    var contentsAct: Act?
    /// True when a build's images are to be brought up to date first.
    var pullsImages = false
    /// True when images that a build takes from were looked for on their registries.
    var hasPulled = false
    /// What the client's registries ask for, by host; only while a build may need it.
    var registryConfig: String?

    // The engine's side.
    var engine: EngineConnection?
    var outbound: Outbound?
    var outflow = Outflow.idle
    var answers = MessageReader()
    var events = EventStream()
    /// The beginning of a line whose end has not come.
    var heldLine: [UInt8] = []
    /// What is answered without the engine.
    var own: OwnAnswer?
    /// The session of the guarded shell that the connection is, and one that it watches.
    var shell: ShellSession?
    var watching: (seat: SessionBoard.Seat, watcher: Watcher)?
    /// What the act may change in lists of containers.
    var change = ListChange.nothing
    /// How often it was told that the engine speaks of it: its head, and what follows first.
    var touches = 0
    var progress = ProgressLines(ImageTelling())
    /// What is made for the tenant, while its anchors are left alone.
    var anchored: [ImageNaming] = []
    /// True while what was made is written down; the answer ends after it.
    var isSettling = false
    /// Names of the engine's that are the tenant's while this goes on.
    var borrowed: [BorrowedName] = []
    /// What the client tells a registry; only while a pull may need it.
    var registryAuth: String?
    /// The rows whose names are removed, the last of which the engine is asked for.
    var doomed: [ImageRow] = []
    /// An image without a row that is removed, and the anchor that it gets for it.
    var unnamed: (id: String, anchor: ImageAnchor)?
    /// What a service is made from once the engine has changed it.
    var lateOrigin: ImageOrigin?
    /// How long others have been kept waiting for a name of the engine's.
    var lending = Lending()
    /// The number of a request that is making an exec.
    var making: UInt64?

    // What is taken up, and given back once.
    var shares: [Means: Usage.Share] = [:]
    var place: Usage.Share?
    /// Why the connection has no place.
    var excess: Usage.Excess?

    /// How many bytes a client may send ahead while its request is dealt with.
    private static let ahead = 64 << 10
    /// Seconds that a client gets to take the end of an answer.
    static let patience: Int64 = 60

    init(_ loop: LoopContext, _ peer: Peer, _ hosts: HostNames) {
        self.loop = loop
        self.peer = peer
        self.hosts = hosts
        exchange = Exchange(bodyLimit: loop.services.limits.bodyBytes, hosts: hosts)
    }

    // MARK: The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { begin(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard deadline == nil else { return }
        loop.add(self)
        deadline = .now() + .seconds(Int64(loop.services.limits.headSeconds))
        from = Self.words(context.remoteAddress, peer)
        if loop.openConnections > loop.maximumConnections {
            loop.counters.rejected += 1
            return context.close(promise: nil)
        }
        if case .unixUser = peer { takePlace() }
        context.read()
    }

    private static func words(_ address: SocketAddress?, _ peer: Peer) -> String {
        if case .unixUser(let user, _) = peer { return "unix:\(user)" }
        guard let address, let host = address.ipAddress else { return "unix" }
        return "\(host):\(address.port ?? 0)"
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        reader.add(unwrapInboundIn(data))
        if case .streaming = intake { awaitUpload() }
        process()
    }

    /// A body on its way to the engine may pause, but not for ever.
    func awaitUpload() {
        deadline = .now() + .seconds(Int64(loop.services.limits.idleSeconds))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if case .streaming = intake { engine?.flush() }
        if case .raw = intake { engine?.flush() }
        flush()
        isReadPending = true
        resumeReading()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        // The engine may go on once the client has taken what it got.
        if context.channel.isWritable { readEngine() }
        noteShellReader()
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case TLSUserEvent.handshakeCompleted: signIn(context)
        case ChannelEvent.inputClosed: inputEnded()
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if isActive { run(exchange.abort()) }
        loop.remove(self)
        leavePlace()
        self.context = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // An end without close_notify could be somebody cutting the wire: it ends both directions.
        if case NIOSSLError.uncleanShutdown = error {
            wasTruncated = true
            return
        }
        if case .unknown = peer { loop.counters.rejected += 1 }
        loop.services.log.debug(
            "a connection failed", metadata: ["error": "\(error)", "from": "\(from)"])
        context.close(promise: nil)
    }

    /// After every handshake, full or resumed: a resumed one has run no verification.
    private func signIn(_ context: ChannelHandlerContext) {
        do {
            let handler = try context.pipeline.syncOperations.handler(
                type: NIOSSLServerHandler.self)
            peer = handler.peerCertificate.map(loop.read) ?? .unreadable("there is no certificate")
        } catch {
            peer = .unreadable("there is no TLS")
        }
        takePlace()
    }

    // MARK: Reading

    /// Reads on when there is room for what comes.
    func resumeReading() {
        guard isReadPending, wantsBytes, let context else { return }
        isReadPending = false
        context.read()
    }

    private var wantsBytes: Bool {
        switch intake {
        case .head, .collecting, .discarding: true
        case .held: reader.unread < Self.ahead
        // Whoever takes no answer asks no more.
        case .raw where shell != nil: takesAnswers && reader.unread < Self.ahead
        case .streaming where isUploadBusy || upload?.isFull == true: reader.unread < Self.ahead
        case .raw where awaitsTape: false
        case .streaming, .raw: engine?.isWritable ?? (reader.unread < Self.ahead)
        }
    }

    /// Deals with the bytes that are here, as far as they go.
    func process() {
        guard !isProcessing else { return }
        isProcessing = true
        defer { isProcessing = false }
        while context != nil, step() {}
    }

    /// Does one thing; false when there is nothing to do until more happens.
    private func step() -> Bool {
        switch intake {
        case .head:
            guard reader.unread > 0 else { return false }
            return readHead()
        case .collecting(var body, let limit):
            intake = .held
            return collect(&body, limit)
        case .streaming: return streamBody()
        case .raw:
            guard reader.unread > 0 else { return false }
            if let shell {
                if takesAnswers { passToShell(shell) }
                return false
            }
            guard let engine else { return false }
            let bytes = reader.takeAll()
            record?.bytesIn += Int64(bytes.readableBytes)
            if recordInput(bytes) { engine.write(bytes) }
            return false
        case .discarding:
            _ = reader.takeAll()
            return false
        case .held: return false
        }
    }

    private func readHead() -> Bool {
        do {
            if !reader.isInsideHead {
                deadline = .now() + .seconds(Int64(loop.services.limits.headSeconds))
            }
            guard let head = try reader.requestHead() else { return false }
            start(head)
        } catch {
            startExchange()
            run(.answer(Answer(error), .close))
        }
        return true
    }

    private func collect(_ body: inout [UInt8], _ limit: Int) -> Bool {
        do {
            guard try reader.collectBody(into: &body, limit: limit) else {
                run(exchange.bodyTooLong())
                return true
            }
        } catch {
            run(exchange.bodyRefused(error))
            return true
        }
        guard takeBytes(body.count) else { return true }
        guard reader.isBodyRead else {
            intake = .collecting(body, limit: limit)
            return false
        }
        deadline = nil
        record?.bytesIn += Int64(body.count)
        run(exchange.bodyCollected(body))
        return true
    }

    private func streamBody() -> Bool {
        if upload != nil { return streamArchive() }
        guard let engine else { return false }
        do {
            let (bytes, payload) = try reader.framedBody()
            record?.bytesIn += Int64(payload)
            if bytes.readableBytes > 0 { engine.write(bytes) }
        } catch {
            run(exchange.bodyRefused(error))
            return true
        }
        guard reader.isBodyRead else { return endIfCut() }
        intake = .held
        deadline = nil
        exchange.bodyEnded()
        engine.flush()
        return true
    }

    /// Ends a request whose client ended inside its body, before there was an engine to send it to;
    /// false while more of it may come.
    func endIfCut() -> Bool {
        guard exchange.clientHasEnded else { return false }
        run(exchange.abort())
        return true
    }

    private func inputEnded() {
        if wasTruncated, isActive { return run(exchange.abort()) }
        switch intake {
        case .head: end(nil)
        case .discarding: context?.close(promise: nil)
        // All of it is here; what is left is the gateway's work.
        case .streaming where isUploadWhole: break
        case .collecting, .held, .streaming, .raw: run(exchange.clientEnded())
        }
    }
}
