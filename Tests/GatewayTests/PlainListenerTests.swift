import Foundation
import Gateway
import NIOCore
import NIOPosix
import Synchronization
import Testing
import Wire

#if canImport(Glibc)
    import Glibc
#endif

/// What a plain listener answers, and what it bounds.
@Suite struct PlainListenerTests {
    /// Says what it was asked.
    private struct Echo: PlainService {
        var longestBody = 8
        var gate: Gate?

        func answer(before body: PlainRequest) -> PlainAnswer? {
            body.path == "/no" ? PlainAnswer(404, "not here\n") : nil
        }

        func answer(_ request: PlainRequest) async -> PlainAnswer {
            await gate?.pass()
            let body = String(decoding: request.body, as: UTF8.self)
            return PlainAnswer(200, "\(request.method.rawValue) \(request.path) \(body)\n")
        }
    }

    /// A connection that blocks.
    private final class Client {
        private let descriptor: Int32

        init(_ port: Int) throws {
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = UInt16(port).bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let result = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, size)
                }
            }
            try #require(result == 0)
        }

        deinit { close(descriptor) }

        func say(_ text: String) {
            _ = send(descriptor, text, text.utf8.count, Int32(MSG_NOSIGNAL))
        }

        /// Everything that comes until the other side ends.
        func hear() -> String {
            var heard: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                guard count > 0 else { break }
                heard += buffer[..<count]
            }
            return String(decoding: heard, as: UTF8.self)
        }

        func ask(_ text: String) -> String {
            say(text)
            return hear()
        }
    }

    /// Bounds that a machine which runs all tests at once does not meet.
    private static let patient = {
        var limits = PlainListener.Limits()
        limits.request = .minutes(10)
        limits.connection = .minutes(10)
        return limits
    }()

    private func withListener(
        _ limits: PlainListener.Limits = Self.patient, longestBody: Int = 8,
        gate: Gate? = nil, _ body: @escaping @Sendable (Int) throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let channel = try await PlainListener.listen(
            host: "127.0.0.1", port: 0, group: group, limits: limits, Echo(longestBody: longestBody, gate: gate))
        let port = try #require(channel.localAddress?.port)
        // Whoever blocks is on a thread of their own: answers are made by the tasks' few.
        try await NIOThreadPool.singleton.runIfActive { try body(port) }
        try await channel.close()
        try await group.shutdownGracefully()
    }

    @Test(arguments: [
        ("GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n", 8, 200, "GET /a \n"),
        ("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n", 8, 200, ""),
        ("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n12345678", 8, 200, "POST /a 12345678\n"),
        ("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n12", 0, 200, "POST /a \n"),
        (
            "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n123456789", 8, 413,
            "a request has at most 8 bytes\n"
        ),
        ("GET /no HTTP/1.1\r\nHost: x\r\n\r\n", 8, 404, "not here\n"),
        ("none\r\n\r\n", 8, 0, ""),
    ])
    func oneRequestHasOneAnswer(request: String, longest: Int, status: Int, body: String) async throws {
        try await withListener(longestBody: longest) { port in
            let heard = try Client(port).ask(request)
            let parts = heard.split(separator: "\r\n\r\n", maxSplits: 1).map(String.init)
            #expect(heard.hasPrefix(status == 0 ? "" : "HTTP/1.1 \(status)"), "\(heard)")
            #expect((parts.count > 1 ? parts[1] : "") == body)
        }
    }

    private static let request = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"

    private static let two = {
        var limits = patient
        limits.connections = 2
        return limits
    }()

    /// For one connection too many the oldest is ended that has not asked.
    @Test func whoSaysNothingMakesRoom() async throws {
        try await withListener(Self.two) { port in
            let oldest = try Client(port), other = try Client(port)
            let new = try Client(port)
            #expect(oldest.hear().isEmpty)
            #expect(other.ask(Self.request).hasPrefix("HTTP/1.1 200 "))
            #expect(new.ask(Self.request).hasPrefix("HTTP/1.1 200 "))
            #expect(try Client(port).ask(Self.request).hasPrefix("HTTP/1.1 200 "))
        }
    }

    /// Where all have asked one too many is told so, also when they have gone without their answers: what
    /// they have asked for is still being made.
    @Test func answersThatAreMadeAreBounded() async throws {
        let gate = Gate()
        try await withListener(Self.two, gate: gate) { port in
            var clients = [try Client(port), try Client(port)]
            for client in clients { client.say(Self.request) }
            gate.awaitWaiting(2)
            clients = []
            // The one that is told so has been behind the ends of both on the listener's loop.
            for _ in 0..<8 {
                #expect(try Client(port).hear().hasPrefix("HTTP/1.1 503 "))
            }
            gate.open()
            var heard = ""
            while !heard.hasPrefix("HTTP/1.1 200 ") { heard = try Client(port).ask(Self.request) }
        }
    }

    /// Holds answers back.
    private final class Gate: Sendable {
        private struct State {
            var isOpen = false
            var waiting: [CheckedContinuation<Void, Never>] = []
        }

        // Guards both; held for a change only.
        private let state = Mutex(State())
        private let arrived = DispatchSemaphore(value: 0)

        func pass() async {
            await withCheckedContinuation { continuation in
                let isOpen = state.withLock { state in
                    if !state.isOpen { state.waiting.append(continuation) }
                    return state.isOpen
                }
                if isOpen { continuation.resume() } else { arrived.signal() }
            }
        }

        func awaitWaiting(_ count: Int) {
            for _ in 0..<count { arrived.wait() }
        }

        func open() {
            let waiting = state.withLock { state in
                state.isOpen = true
                return state.waiting
            }
            for continuation in waiting { continuation.resume() }
        }
    }

    /// A request that does not arrive is not waited for.
    @Test func requestsArriveInTime() async throws {
        var limits = Self.patient
        limits.request = .milliseconds(50)
        try await withListener(limits) { port in
            let client = try Client(port)
            #expect(client.ask("GET /a HTTP/1.1\r\n").hasPrefix("HTTP/1.1 408 "))
        }
    }
}
