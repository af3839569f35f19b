import Foundation
import Testing

/// The rooms and the only modules that each may import, with the reason for whatever is not a room.
///
/// An arrow that is not here fails the test; adding one is a decision, not an accident.
private let allowed: [String: Set<String>] = [
    // Judgement: values in, values out.
    "JSON": [],
    "Wire": [],
    "Archive": [],
    "Acts": [],
    "EngineAPI": ["JSON", "Acts", "Archive"],
    "Policy": ["Acts", "ShellGrammar"],
    "Exchange": ["Acts", "EngineAPI", "JSON", "Wire"],
    "ShellGrammar": [],
    "AgentMessages": ["JSON"],
    "Approvals": [],
    // Hashes and signatures are values of values: the one exception.
    "LedgerTree": ["Crypto"],
    // Edges. Foundation: files, dates and the system's calls.
    "PolicyFile": ["Acts", "Policy", "ShellGrammar", "Yams", "Foundation"],
    "GuardedShell": [
        "Acts", "AgentLink", "AgentMessages", "Approvals", "Crypto", "Engine", "JSON", "Ledger", "ShellGrammar", "Wire",
        "Dispatch", "Foundation", "NIOCore", "Synchronization",
    ],
    "Identity": ["Acts", "JSON", "Crypto", "X509", "SwiftASN1", "Foundation"],
    "Ledger": ["CLinux", "Crypto", "JSON", "LedgerTree", "Foundation", "Synchronization"],
    // Alone in knowing that there is a database.
    "Store": ["GRDB", "Dispatch", "Foundation", "Synchronization"],
    "Engine": [
        "Acts", "EngineAPI", "JSON", "Wire", "CLinux", "Foundation", "NIOCore", "NIOPosix",
        "Synchronization",
    ],
    // Root's side. What enters containers has neither Foundation nor Dispatch, which start threads.
    // It masks what it filters.
    "Confinement": ["AgentMessages", "CLinux", "JSON", "ShellGrammar", "Glibc"],
    "Agent": [
        "AgentMessages", "CLinux", "Confinement", "ShellGrammar", "Foundation", "Synchronization",
    ],
    // Between the two sides: certificates and names, and nothing of who may do what.
    "AgentLink": [
        "Acts", "AgentMessages", "Identity", "Foundation", "NIOCore", "NIOPosix", "NIOSSL", "NIOTLS", "Synchronization",
    ],
    // The system's libraries, by headers alone (Sources/System).
    "Compression": ["CZlib", "CBzip2", "CLzma", "CZstd"],
    "Gateway": [
        "Acts", "AgentMessages", "Approvals", "Compression", "Engine", "EngineAPI", "Exchange", "GuardedShell",
        "Identity", "JSON", "Ledger", "LedgerTree", "Policy", "PolicyFile", "ShellGrammar", "Store", "Wire", "Crypto",
        "Dispatch", "Foundation", "Logging", "NIOCore", "NIOPosix", "NIOSSL", "NIOTLS", "Synchronization",
    ],
]

private let judgement = [
    "JSON", "Wire", "Archive", "Acts", "EngineAPI", "Policy", "Exchange", "ShellGrammar", "AgentMessages",
    "Approvals", "LedgerTree",
]

/// Rooms of the agent and its helpers, which know nothing of the gateway's.
private let agentSide = ["AgentMessages", "Confinement", "Agent", "AgentLink"]

@Suite struct ImportTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private func sources(_ folder: String) throws -> [(name: String, text: String)] {
        let url = Self.root.appendingPathComponent(folder)
        let files = try #require(FileManager.default.enumerator(at: url, includingPropertiesForKeys: nil))
        return try files.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }.map {
            ($0.lastPathComponent, try String(contentsOf: $0, encoding: .utf8))
        }
    }

    private func imports(_ text: String) -> Set<String> {
        Set(
            text.split(separator: "\n").compactMap { line in
                let words = line.split(separator: " ")
                guard let index = words.firstIndex(of: "import"), index < words.count - 1,
                    words[..<index].allSatisfy({ ["package", "public", "internal", "@testable"].contains($0) })
                else { return nil }
                return String(words[words.count - 1].split(separator: ".")[0])
            })
    }

    @Test(arguments: allowed.keys.sorted())
    func importsOnlyWhatItsRoomMay(room: String) throws {
        let side = judgement.contains(room) ? "Judgement" : "Edges"
        let files = try sources("Sources/\(side)/\(room)")
        #expect(!files.isEmpty, "there is no room \(room)")
        for file in files {
            let surplus = imports(file.text).subtracting(allowed[room] ?? [])
            #expect(surplus.isEmpty, "\(room)/\(file.name) imports \(surplus.sorted())")
        }
    }

    @Test func everyRoomIsKnown() throws {
        for side in ["Judgement", "Edges"] {
            let folder = Self.root.appendingPathComponent("Sources/\(side)").path
            for room in try FileManager.default.contentsOfDirectory(atPath: folder) {
                #expect(allowed[room] != nil, "\(side)/\(room) is not in the table")
            }
        }
    }

    @Test func judgementRoomsImportNoEdge() {
        let pure = Set(judgement)
        for room in judgement {
            let others = (allowed[room] ?? []).subtracting(room == "LedgerTree" ? ["Crypto"] : [])
            #expect(others.isSubset(of: pure), "\(room)")
        }
    }

    /// Whatever the agent imports, and what that imports in turn.
    @Test func theAgentKnowsNothingOfTheGateway() {
        var reached: Set<String> = []
        var left = agentSide
        while let room = left.popLast() {
            if reached.insert(room).inserted { left += allowed[room] ?? [] }
        }
        #expect(reached.isDisjoint(with: ["Engine", "Gateway", "Ledger", "Policy", "PolicyFile", "Store"]))
    }

    /// The helper is alone in its process: one import, and that room has no Foundation.
    @Test func theHelperImportsConfinementAlone() throws {
        let files = try sources("Sources/Programs/quaymaster-enter")
        #expect(files.map { imports($0.text) } == [["Confinement"]])
    }

    @Test func inputMeetsNoTrap() throws {
        let traps = ["fatalError(", "try!", "as!", "preconditionFailure(", "@unchecked Sendable", "nonisolated(unsafe)"]
        for file in try sources("Sources") {
            for (number, line) in file.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                let code = line.components(separatedBy: "//")[0]
                for trap in traps where code.contains(trap) {
                    #expect(line.contains("//"), "\(file.name):\(number + 1) has \(trap) without its reason")
                }
            }
        }
    }
}
