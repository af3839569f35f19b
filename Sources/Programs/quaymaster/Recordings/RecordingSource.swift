import Acts
import ArgumentParser
import Foundation
import Gateway
import GuardedShell
import JSON
import Ledger
import PolicyFile
import Wire

/// Where a command reads recordings.
struct RecordingOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Reads this state directory, on the gateway's host.", valueName: "dir"))
    var state: String?

    @Option(
        help: ArgumentHelp(
            "Reads the state of this configuration, on the gateway's host.", valueName: "dir"))
    var config: String?

    @OptionGroup var gateway: GatewayOption

    /// The state directory, or the gateway.
    func source() throws -> RecordingSource {
        if let state { return .state(URL(fileURLWithPath: state, isDirectory: true)) }
        if let config {
            let folder = URL(fileURLWithPath: config, isDirectory: true)
            return .state(try ConfigurationFile(directory: folder).state)
        }
        return .gateway(try gateway.endpoint())
    }
}

/// Which recordings a command speaks of.
struct RecordingFilter: ParsableArguments {
    @Option(help: "Whose sessions.") var identity: String?
    @Option(help: "The container: its name, or the beginning of its id.") var container: String?
    @Option(help: "Not before: 2026-11-23T10:00:00Z, or the beginning of it.") var since: String?
    @Option(help: "Before.") var until: String?

    /// What is wanted.
    func wish(_ text: String? = nil) -> RecordingWish {
        var wish = RecordingWish()
        wish.identity = identity
        wish.container = container
        wish.since = since
        wish.until = until
        wish.text = text
        return wish
    }
}

/// The recordings of a state directory, or those that a gateway shows. Each look is in the record: the
/// gateway writes it down, and where none runs, this does.
enum RecordingSource {
    case state(URL)
    case gateway(ShellEndpoint)

    /// What is known of recordings, the newest first.
    func list(_ wish: RecordingWish) async throws -> [JSONValue] {
        switch self {
        case .state(let state):
            try Self.note("recordings", "list", state)
            return try RecordingLibrary(state: state).list(wish) { _ in true }.map(\.value)
        case .gateway(let endpoint): return try await Self.ask(endpoint, wish)
        }
    }

    /// Where a text stands.
    func search(_ wish: RecordingWish) async throws -> [JSONValue] {
        switch self {
        case .state(let state):
            try Self.note("recordings", "search", state)
            return try RecordingLibrary(state: state).search(wish) { _ in true }.map(\.value)
        case .gateway(let endpoint): return try await Self.ask(endpoint, wish)
        }
    }

    /// A recording, piece by piece.
    func read(_ id: String, _ how: String, _ body: (Data) throws -> Void) async throws {
        switch self {
        case .state(let state):
            let library = RecordingLibrary(state: state)
            guard let found = library.find(id) else {
                throw CommandError(
                    "there is no recording \(id)", hint: "`quaymaster recordings list` names them",
                    code: 1)
            }
            try Self.note("recording/\(found.id)", how, state)
            try library.pieces(of: found.id) {
                try body($0)
                return true
            }
        case .gateway(let endpoint):
            let target = "/quaymaster/recordings/" + GatewayRequest.escaped(id)
            try await GatewayRequest(endpoint: endpoint, method: .get, target: target).pieces(body)
        }
    }

    private static func ask(
        _ endpoint: ShellEndpoint, _ wish: RecordingWish
    ) async throws -> [JSONValue] {
        let target = GatewayRequest.target(
            "/quaymaster/recordings",
            [
                "identity": wish.identity, "container": wish.container, "since": wish.since,
                "until": wish.until, "text": wish.text,
            ])
        let request = GatewayRequest(endpoint: endpoint, method: .get, target: target)
        return try await request.value().array ?? []
    }

    /// Writes a look down before anything is shown.
    private static func note(_ target: String, _ how: String, _ state: URL) throws {
        let command = ControlClient.look(at: target, how)
        if try ControlClient.send(command, state: state) != nil { return }
        try StateDirectory.withLock(state) { _, ledger in
            var entry = Entry.event(
                ledger.ids, "RecordingSeen", identity: "unix:\(geteuid())", reason: how)
            entry.target = target
            ledger.append(entry)
        }
    }
}
