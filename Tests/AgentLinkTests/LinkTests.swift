import Acts
import AgentLink
import Foundation
import Identity
import NIOCore
import NIOPosix
import Synchronization
import TestCertificates
import Testing

/// The line over real sockets of the loopback, with an agent that repeats what it hears.
@Suite struct LinkTests {
    /// One side's three files.
    private static func files(
        _ authority: CertificateAuthority, _ pair: KeyPair, _ folder: URL
    ) throws -> LinkCredentials.Files {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        func write(_ name: String, _ text: String) throws -> URL {
            let file = folder.appendingPathComponent(name)
            try text.write(to: file, atomically: true, encoding: .utf8)
            return file
        }
        return LinkCredentials.Files(
            authority: try write("ca.pem", authority.pair.certificatePEM),
            certificate: try write("cert.pem", pair.certificatePEM),
            key: try write("key.pem", pair.keyPEM))
    }

    private struct Sides {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("link-\(UUID().uuidString)")
        let line: CertificateAuthority
        let clients: CertificateAuthority
        let agent: LinkCredentials.Files
        let gateway: LinkCredentials.Files

        init() throws {
            let now = Date()
            line = try CertificateAuthority(named: "Quaymaster agents", now: now)
            clients = try CertificateAuthority(named: "Quaymaster", now: now)
            agent = try files(
                line, line.server(["agent.test"], lifetime: 3600, now: now), folder.appendingPathComponent("agent"))
            gateway = try files(
                line, Self.gatewayPair(line, "gateway.test", 3600), folder.appendingPathComponent("gateway"))
        }

        static func gatewayPair(_ authority: CertificateAuthority, _ name: String, _ seconds: Double) throws -> KeyPair {
            let alternative = try #require(CertificateName(machine: name))
            return try authority.identity(name, alternatives: [alternative], lifetime: seconds, now: Date())
        }

        func agentSide() throws -> LinkCredentials {
            try LinkCredentials(agent, other: .gateway, named: #require(CertificateName(machine: "gateway.test")))
        }

        func gatewaySide(
            _ files: LinkCredentials.Files? = nil, agent name: String = "agent.test"
        ) throws -> LinkCredentials {
            try LinkCredentials(
                files ?? gateway, other: .agent, named: #require(CertificateName(machine: name)))
        }
    }

    private static func with(_ body: (Sides) async throws -> Void) async throws {
        let sides = try Sides()
        do {
            try await body(sides)
        } catch {
            Issue.record(error)
        }
        try FileManager.default.removeItem(at: sides.folder)
    }

    private typealias Heard = EventLoopPromise<Result<String, any Error>>

    /// Collects what comes until the end, and tells it at so many bytes each.
    private final class Hearing: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private var heard = ByteBuffer()
        private let wanted: [(bytes: Int, promise: Heard)]
        private var failure: (any Error)?

        init(_ wanted: [(bytes: Int, promise: Heard)]) {
            self.wanted = wanted
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var bytes = unwrapInboundIn(data)
            heard.writeBuffer(&bytes)
            for (bytes, promise) in wanted where heard.readableBytes >= bytes {
                promise.succeed(.success(String(buffer: heard)))
            }
        }

        func channelReadComplete(context: ChannelHandlerContext) { context.read() }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            failure = error
            context.close(promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) {
            for (_, promise) in wanted {
                promise.succeed(failure.map { .failure($0) } ?? .success(String(buffer: heard)))
            }
        }
    }

    /// Says something over a line, and waits for as many bytes or the end.
    private static func say(
        _ text: String, to port: Int, _ credentials: LinkCredentials
    ) async throws -> String {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let heard = loop.makePromise(of: Result<String, any Error>.self)
        let wanted = text.utf8.count
        let dial = AgentDial(host: "127.0.0.1", port: port, credentials)
        do {
            let channel = try await dial.connect(
                ClientBootstrap(group: loop).channelOption(.autoRead, value: false), on: loop
            ) { channel in
                try channel.pipeline.syncOperations.addHandler(Hearing([(wanted, heard)]))
            }.get()
            channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
            let answer = try await heard.futureResult.get()
            channel.close(promise: nil)
            return try answer.get()
        } catch let failure as LinkFailure {
            heard.succeed(.success(""))
            return failure.description
        }
    }

    /// A door whose agent repeats what it hears; each connection's end is counted.
    private final class Echo: Sendable {
        let ended = Mutex(0)
        let lines = Mutex<[String]>([])

        func open(_ credentials: LinkCredentials) throws -> (door: AgentDoor, port: Int) {
            let door = AgentDoor(credentials) { descriptor in
                Thread.detachNewThread { [self] in
                    var bytes = [UInt8](repeating: 0, count: 65_536)
                    while case let count = recv(descriptor, &bytes, bytes.count, 0), count > 0 {
                        var sent = 0
                        while sent < count {
                            let now = bytes[sent..<count].withUnsafeBytes {
                                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                            }
                            guard now > 0 else { break }
                            sent += now
                        }
                    }
                    close(descriptor)
                    ended.withLock { $0 += 1 }
                }
            } log: { [self] line in
                lines.withLock { $0.append(line) }
            }
            return (door, try door.listen(host: "127.0.0.1", port: 0))
        }
    }

    /// More than any socket holds passes both ways, whole.
    @Test func whatIsSaidPasses() async throws {
        try await Self.with { sides in
            let (_, port) = try Echo().open(sides.agentSide())
            let long = String(repeating: "0123456789abcdef", count: 1 << 17)
            for text in ["a line", long] {
                let heard = try await Self.say(text, to: port, sides.gatewaySide())
                #expect(heard == text, "\(heard.count) of \(text.count)")
            }
        }
    }

    struct Stranger: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// What the gateway's side is told, and what stands in the agent's log.
        let told: String, logged: String
        let pair: @Sendable (_ line: CertificateAuthority, _ clients: CertificateAuthority) throws -> KeyPair
        let isOfClients: Bool

        init(
            _ name: String, told: String, logged: String, isOfClients: Bool = false,
            _ pair: @escaping @Sendable (CertificateAuthority, CertificateAuthority) throws -> KeyPair
        ) {
            testDescription = name
            (self.told, self.logged, self.isOfClients, self.pair) = (told, logged, isOfClients, pair)
        }
    }

    @Test(arguments: [
        Stranger("another gateway", told: "agent.gateway", logged: "names other.test, and not gateway.test") { line, _ in
            try Sides.gatewayPair(line, "other.test", 3600)
        },
        Stranger("a client of the same authority", told: "agent.gateway", logged: "names no machine") { line, _ in
            try line.identity("alice", lifetime: 3600, now: Date())
        },
        Stranger("an expired one", told: "has expired on", logged: "") { line, _ in
            try Sides.gatewayPair(line, "gateway.test", -1)
        },
        Stranger(
            "a client of the gateway's", told: "an authority that it does not know", logged: "is of another authority",
            isOfClients: true
        ) { _, clients in
            try Sides.gatewayPair(clients, "gateway.test", 3600)
        },
    ])
    func nobodyElseIsLetIn(stranger: Stranger) async throws {
        try await Self.with { sides in
            let echo = Echo()
            let (_, port) = try echo.open(sides.agentSide())
            let authority = stranger.isOfClients ? sides.clients : sides.line
            var files = try Self.files(
                authority, stranger.pair(sides.line, sides.clients), sides.folder.appendingPathComponent("stranger"))
            if stranger.isOfClients {
                // It trusts the agent, and is not of its authority: such a side is not even read.
                let mixed = LinkCredentials.Files(
                    authority: sides.gateway.authority, certificate: files.certificate, key: files.key)
                #expect(throws: IdentityError.self) { try sides.gatewaySide(mixed) }
                let both = sides.folder.appendingPathComponent("both.pem")
                try (sides.line.pair.certificatePEM + "\n" + sides.clients.pair.certificatePEM)
                    .write(to: both, atomically: true, encoding: .utf8)
                files = LinkCredentials.Files(authority: both, certificate: files.certificate, key: files.key)
            }
            let heard = try await Self.say("let me in", to: port, sides.gatewaySide(files))
            #expect(heard.contains(stranger.told), "\(heard)")
            // What is logged was logged before the answer was sent.
            let lines = echo.lines.withLock { $0.joined() }
            #expect(stranger.logged.isEmpty || lines.contains(stranger.logged), "\(lines)")
            #expect(echo.ended.withLock { $0 } == 0)
            // The door is open for the right one.
            #expect(try await Self.say("me", to: port, sides.gatewaySide()) == "me")
        }
    }

    /// A gateway speaks to no other agent than the one that it is told of.
    @Test func anotherAgentIsNotSpokenTo() async throws {
        try await Self.with { sides in
            let echo = Echo()
            let (_, port) = try echo.open(sides.agentSide())
            let heard = try await Self.say("hello", to: port, sides.gatewaySide(agent: "agent-2.test"))
            #expect(heard.contains("its certificate names agent.test, and not agent-2.test"), "\(heard)")
        }
    }

    /// Certificates are those of the newest reload, for connections from then on.
    @Test func certificatesAreReplaced() async throws {
        try await Self.with { sides in
            let echo = Echo()
            let (door, port) = try echo.open(sides.agentSide())
            #expect(try await Self.say("one", to: port, sides.gatewaySide()) == "one")
            door.replace(
                try LinkCredentials(
                    sides.agent, other: .gateway, named: #require(CertificateName(machine: "gateway-2.test"))))
            #expect(try await Self.say("two", to: port, sides.gatewaySide()).contains("agent.gateway"))
            let second = try Self.files(
                sides.line, Sides.gatewayPair(sides.line, "gateway-2.test", 3600),
                sides.folder.appendingPathComponent("second"))
            #expect(try await Self.say("three", to: port, sides.gatewaySide(second)) == "three")
        }
    }

    /// A connection whose certificate is taken back ends with the reload, and another goes on.
    @Test(arguments: [
        ("another name", "gateway-2.test", false), ("the same name", "gateway.test", true),
    ])
    func whoeverIsInsideGoesWithTheirCertificate(_: String, name: String, stays: Bool) async throws {
        try await Self.with { sides in
            let echo = Echo()
            let (door, port) = try echo.open(sides.agentSide())
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            let (first, second): (Heard, Heard) = (loop.makePromise(), loop.makePromise())
            let dial = try AgentDial(host: "127.0.0.1", port: port, sides.gatewaySide())
            let channel = try await dial.connect(
                ClientBootstrap(group: loop).channelOption(.autoRead, value: false), on: loop
            ) { channel in
                try channel.pipeline.syncOperations.addHandler(Hearing([(3, first), (6, second)]))
            }.get()
            channel.writeAndFlush(ByteBuffer(string: "one"), promise: nil)
            #expect(try await first.futureResult.get().get() == "one")
            door.replace(
                try LinkCredentials(sides.agent, other: .gateway, named: #require(CertificateName(machine: name))))
            if stays { channel.writeAndFlush(ByteBuffer(string: "two"), promise: nil) }
            let heard = try await second.futureResult.get().get()
            #expect(heard == (stays ? "onetwo" : "one"))
            channel.close(promise: nil)
            try await channel.closeFuture.get()
            let lines = echo.lines.withLock { $0.joined() }
            #expect(lines.contains("let in as a gateway no more: its certificate names gateway.test") != stays, "\(lines)")
        }
    }

    /// Strangers who say nothing do not keep the gateway out.
    @Test func silentStrangersMakeRoom() async throws {
        try await Self.with { sides in
            let (_, port) = try Echo().open(sides.agentSide())
            var silent: [any Channel] = []
            for _ in 0..<40 {
                silent.append(
                    try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                        .connect(host: "127.0.0.1", port: port).get())
            }
            #expect(try await Self.say("me", to: port, sides.gatewaySide()) == "me")
            // The first ones were let go for those who came later, as all are in time.
            for channel in silent.prefix(9) { try await channel.closeFuture.get() }
            for channel in silent { channel.close(promise: nil) }
        }
    }

    /// Files that do not belong together are told at once.
    @Test func filesOfOneSideBelongTogether() async throws {
        try await Self.with { sides in
            let name = try #require(CertificateName(machine: "x.test"))
            #expect(throws: Never.self) { try LinkCredentials(sides.agent, other: .gateway, named: name) }
            func message(_ files: LinkCredentials.Files, _ other: LinkRule.Side) -> String {
                do {
                    _ = try LinkCredentials(files, other: other, named: name)
                    return ""
                } catch {
                    return "\(error)"
                }
            }
            #expect(message(sides.agent, .agent).contains("issued for the other side"))
            #expect(message(sides.gateway, .gateway).contains("issued for the other side"))
            let mixed = LinkCredentials.Files(
                authority: sides.agent.authority, certificate: sides.agent.certificate, key: sides.gateway.key)
            #expect(message(mixed, .gateway).contains("is not the key of"), "\(message(mixed, .gateway))")
            let clients = try Issuers(ours: sides.agent.authority)
            let same = try sides.agentSide().isApart(from: clients)
            #expect(!same)
            try withFiles([sides.clients.pair.certificatePEM]) { files in
                let apart = try sides.agentSide().isApart(from: Issuers(ours: files[0]))
                #expect(apart)
            }
        }
    }
}
