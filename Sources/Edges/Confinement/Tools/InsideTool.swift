import Glibc

/// What one of our own tools does inside a container, with the container's rights and in its network: what
/// it reaches is what the container reaches.
package enum InsideTool: Hashable, Sendable {
    /// Sends the container's first process a signal, by its number.
    case signal(Int32)
    /// Looks a name or an IPv4 address up as the container does.
    case lookUp(String)
    /// Sends so many echo requests, and waits so many seconds for each answer.
    case echo(String, count: Int, seconds: Int)
    /// Fetches from the container's own loopback interface.
    case fetch(Fetch)

    /// A request to the loopback interface.
    package struct Fetch: Hashable, Sendable {
        /// `localhost`, `127.0.0.1` or `[::1]`.
        package var host: String
        /// The port.
        package var port: UInt16
        /// The path with its query.
        package var target: String
        /// What curl's flags of these letters ask for: `I` the head alone, `i` the head too, `v` both ways'.
        package var flags: String
        /// How long it may take.
        package var seconds: Int

        /// Makes a request.
        package init(host: String, port: UInt16, target: String, flags: String, seconds: Int) {
            self.host = host
            self.port = port
            self.target = target
            self.flags = flags
            self.seconds = seconds
        }
    }

    /// The order as words, for the helper.
    var words: [String] {
        switch self {
        case .signal(let number): ["signal", String(number)]
        case .lookUp(let name): ["lookUp", name]
        case .echo(let host, let count, let seconds):
            ["echo", host, String(count), String(seconds)]
        case .fetch(let fetch):
            [
                "fetch", fetch.host, String(fetch.port), fetch.target, fetch.flags,
                String(fetch.seconds),
            ]
        }
    }

    /// Reads an order; nil for anything else.
    init?(words: [String]) {
        let numbers = words.map { Int($0) }
        switch (words.first, words.count) {
        case ("signal", 2):
            guard let number = numbers[1].flatMap({ Int32(exactly: $0) }), 1...64 ~= number else {
                return nil
            }
            self = .signal(number)
        case ("lookUp", 2): self = .lookUp(words[1])
        case ("echo", 4):
            guard let count = numbers[2], let seconds = numbers[3], 1...10 ~= count,
                1...5 ~= seconds
            else { return nil }
            self = .echo(words[1], count: count, seconds: seconds)
        case ("fetch", 6):
            guard let port = UInt16(words[2]), let seconds = numbers[5], 1...60 ~= seconds,
                words[3].hasPrefix("/")
            else { return nil }
            self = .fetch(
                Fetch(
                    host: words[1], port: port, target: words[3], flags: words[4], seconds: seconds)
            )
        default: return nil
        }
    }

    /// Checks from outside what cannot be told inside.
    ///
    /// - Parameter process: The container's first process.
    /// - Throws: `Refusal` when a signal would reach another's process, or nobody, and when the loopback
    ///   interface is the host's.
    func check(_ process: Int32) throws {
        if case .fetch = self {
            guard let own = SmallFile.link("/proc/\(process)/ns/net"),
                own != SmallFile.link("/proc/self/ns/net")
            else {
                throw Refusal(
                    "tool.network",
                    "the container has no loopback interface of its own: it shares its host's "
                        + "network, and so would reach services of the host")
            }
        }
        guard case .signal(let number) = self else { return }
        guard let text = SmallFile.text("/proc/\(process)/status") else {
            throw Refusal("enter.gone", "the container does not run any longer")
        }
        if let refusal = Self.refusal(ofSignal: number, to: ProcessStatus(text)) { throw refusal }
    }

    /// Why a signal is not sent to a process, or nil.
    static func refusal(ofSignal number: Int32, to status: ProcessStatus) -> Refusal? {
        // In namespaces within namespaces the last number is the innermost.
        guard status["NSpid"]?.split(whereSeparator: \.isWhitespace).last == "1" else {
            return Refusal(
                "tool.process",
                "process 1 there is not the container's own: it shares the processes of its host or "
                    + "of another container; the engine's own `kill -s` names the container")
        }
        guard let caught = status["SigCgt"].flatMap({ UInt64($0, radix: 16) }),
            caught & 1 << UInt64(number - 1) != 0
        else {
            return Refusal(
                "tool.signal",
                "the container's first process has no handler for this signal, and the kernel lets "
                    + "none without one reach it; nothing was sent")
        }
        return nil
    }

    /// Does it, inside.
    ///
    /// - Returns: The exit status.
    func run() -> UInt8 {
        switch self {
        case .signal(let number):
            guard kill(1, number) == 0 else {
                return ToolText.fail("kill: the signal is not sent", errno)
            }
            return 0
        case .lookUp(let name): return NameLookUp.run(name)
        case .echo(let host, let count, let seconds):
            return EchoRequests.run(host, count: count, seconds: seconds)
        case .fetch(let fetch): return LoopbackFetch.run(fetch)
        }
    }
}

/// What our tools write.
enum ToolText {
    /// Writes a line to standard output.
    static func say(_ text: String) {
        Bytes.write(Array((text + "\n").utf8), to: 1)
    }

    /// Writes a line to standard error.
    static func complain(_ text: String) {
        Bytes.write(Array((text + "\n").utf8), to: 2)
    }

    /// Says that something failed, and why.
    ///
    /// - Parameters:
    ///   - text: What failed.
    ///   - code: The system's reason.
    ///   - status: The exit status.
    /// - Returns: The exit status.
    static func fail(_ text: String, _ code: Int32, status: UInt8 = 1) -> UInt8 {
        complain("\(text): \(String(cString: strerror(code)))")
        return status
    }
}
