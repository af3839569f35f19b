// swift-tools-version: 6.2
// The architecture is this table: rooms in the order of their arrows, pure ones first.
// What a room may import is also held by Tests/ArchitectureTests.

import Foundation
import PackageDescription

/// Settings every target shares: Swift 6 mode, explicit imports, no warnings.
let common: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// Debug builds optimise what tests run a hundred thousand times.
let fast = SwiftSetting.unsafeFlags(["-O"], .when(configuration: .debug))

/// Settings of judgement rooms: unsafe constructs must be marked.
let strict: [SwiftSetting] = common + [.strictMemorySafety(), fast]

/// A judgement room: values in, values out, no I/O.
func judgement(_ name: String, _ rooms: [Target.Dependency] = []) -> Target {
    .target(
        name: name, dependencies: rooms, path: "Sources/Judgement/\(name)", swiftSettings: strict)
}

/// An edge room: it moves bytes and holds state.
func edge(
    _ name: String, _ dependencies: [Target.Dependency], _ settings: [SwiftSetting] = common
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/Edges/\(name)",
        swiftSettings: settings)
}

/// The tests of a room; they mirror its files.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: common)
}

let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
]
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let tls = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let arguments = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "quaymaster",
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-certificates.git", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-asn1.git", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
    ],
    targets: [
        judgement("JSON"),
        judgement("Wire"),
        judgement("Archive"),
        judgement("Acts"),
        judgement("EngineAPI", ["JSON", "Acts", "Archive"]),
        judgement("ShellGrammar"),
        judgement("Policy", ["Acts", "ShellGrammar"]),
        judgement("Exchange", ["Acts", "EngineAPI", "JSON", "Wire"]),
        judgement("AgentMessages", ["JSON"]),
        judgement("Approvals"),
        judgement("LedgerTree", [crypto]),
        .systemLibrary(name: "CLinux", path: "Sources/System/CLinux"),
        .systemLibrary(
            name: "CZlib", path: "Sources/System/CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(
            name: "CBzip2", path: "Sources/System/CBzip2", providers: [.apt(["libbz2-dev"])]),
        .systemLibrary(
            name: "CLzma", path: "Sources/System/CLzma", providers: [.apt(["liblzma-dev"])]),
        .systemLibrary(
            name: "CZstd", path: "Sources/System/CZstd", providers: [.apt(["libzstd-dev"])]),
        // Root's side: no arrow to Engine, Ledger or Policy.
        edge("Confinement", ["AgentMessages", "CLinux", "JSON", "ShellGrammar"]),
        edge("Agent", ["AgentMessages", "CLinux", "Confinement", "ShellGrammar"]),
        edge("Compression", ["CZlib", "CBzip2", "CLzma", "CZstd"]),
        edge("Identity", ["Acts", "JSON", crypto, x509, asn1]),
        // On both sides: the line between a gateway and an agent of two machines.
        edge(
            "AgentLink",
            nio + [
                tls, "Acts", "AgentMessages", "Identity",
                .product(name: "NIOTLS", package: "swift-nio"),
            ]),
        // It hashes every line that is written and verified.
        edge("Ledger", ["CLinux", "JSON", "LedgerTree", crypto], common + [fast]),
        // What it links is installed by Scripts/prepare.
        edge("Store", [grdb]),
        edge("Engine", nio + ["CLinux", "Acts", "EngineAPI", "JSON", "Wire"]),
        edge("PolicyFile", ["Acts", "Policy", "ShellGrammar", yams]),
        edge(
            "GuardedShell",
            [
                .product(name: "NIOCore", package: "swift-nio"), crypto, "Acts", "AgentLink",
                "AgentMessages", "Approvals", "Engine", "JSON", "Ledger", "ShellGrammar", "Wire",
            ]),
        edge(
            "Gateway",
            nio + [
                tls, crypto, log, "Acts", "AgentMessages", "Approvals", "Compression", "Engine",
                "EngineAPI",
                "Exchange", "GuardedShell", "Identity", "JSON", "Ledger", "LedgerTree", "Policy",
                "PolicyFile", "ShellGrammar", "Store", "Wire",
                .product(name: "NIOTLS", package: "swift-nio"),
            ]),
        .executableTarget(
            name: "quaymaster",
            dependencies: nio + [
                crypto, log, tls, arguments, "Acts", "Agent", "AgentLink", "AgentMessages",
                "Confinement", "Engine",
                "EngineAPI", "Gateway", "GuardedShell", "Identity", "JSON", "Ledger", "LedgerTree",
                "Policy", "PolicyFile", "ShellGrammar", "Store", "Wire",
            ],
            path: "Sources/Programs/quaymaster", swiftSettings: common),
        // Static, without Foundation: `Scripts/static-helpers` builds what is used.
        .executableTarget(
            name: "quaymaster-enter", dependencies: ["Confinement"],
            path: "Sources/Programs/quaymaster-enter", swiftSettings: common),
        tests("ArchitectureTests", []),
        tests("WireTests", ["Wire"]),
        tests("JSONTests", ["JSON"]),
        tests("ArchiveTests", ["Archive"]),
        // Generated bodies of create, and a reader and a list of harm of their own.
        .target(
            name: "CreateBodies", dependencies: ["JSON"], path: "Tests/CreateBodies",
            swiftSettings: common + [fast]),
        tests(
            "EngineAPITests",
            ["Acts", "Archive", "CreateBodies", "EngineAPI", "JSON", "Policy"]),
        tests("ActsTests", ["Acts"]),
        tests("PolicyTests", ["Acts", "Policy"]),
        tests("ExchangeTests", ["Acts", "EngineAPI", "Exchange", "Wire"]),
        tests("ShellGrammarTests", ["CreateBodies", "JSON", "ShellGrammar"]),
        tests("AgentMessagesTests", ["AgentMessages", "JSON"]),
        tests("ConfinementTests", ["AgentMessages", "Confinement", "JSON"]),
        tests("AgentTests", ["Agent", "AgentMessages", "Confinement"]),
        tests("ApprovalsTests", ["Approvals"]),
        tests("CompressionTests", ["Compression"]),
        // Certificates of other authorities, for tests.
        .target(
            name: "TestCertificates", dependencies: [crypto, x509, asn1],
            path: "Tests/TestCertificates", swiftSettings: common),
        tests(
            "IdentityTests",
            ["Acts", "Identity", "JSON", "TestCertificates", crypto, x509, asn1]),
        tests(
            "AgentLinkTests",
            nio + ["Acts", "AgentLink", "Identity", "TestCertificates", asn1, x509]),
        tests(
            "GuardedShellTests",
            nio + ["Acts", "AgentMessages", "GuardedShell", "JSON", "ShellGrammar"]),
        tests("QuaymasterTests", ["AgentLink", "PolicyFile", "quaymaster", arguments]),
        tests("LedgerTreeTests", ["LedgerTree", crypto]),
        tests("LedgerTests", ["Ledger", "LedgerTree"]),
        tests("StoreTests", ["Store", grdb]),
        tests("EngineTests", ["Engine"]),
        tests("PolicyFileTests", ["Acts", "Policy", "PolicyFile"]),
        tests(
            "GatewayTests",
            nio + [
                "Acts", "Engine", "EngineAPI", "Gateway", "GuardedShell", "Identity", "PolicyFile",
                "Store", "TestCertificates", crypto, log, x509,
            ]),
        // Drives the built program against a private engine; `make test` starts one.
        tests("Integration", ["quaymaster", "AgentMessages", "CLinux", "CreateBodies", "JSON"]),
    ]
)

// What judgement costs in instructions: `make instructions`.
if Context.environment["QUAYMASTER_BENCH"] != nil {
    package.targets.append(
        .executableTarget(
            name: "judgement-bench",
            dependencies: [
                "Acts", "EngineAPI", "Exchange", "JSON", "Policy", "ShellGrammar", "Wire",
            ],
            path: "Benchmarks/JudgementBench", swiftSettings: common))
    // What the record costs: `Scripts/bench-ledger`.
    package.targets.append(
        .executableTarget(
            name: "ledger-bench", dependencies: ["Ledger", "LedgerTree", crypto],
            path: "Benchmarks/LedgerBench", swiftSettings: common))
}

// libFuzzer harnesses, which `make fuzz` builds in a folder of their own with its sanitizers.
if Context.environment["QUAYMASTER_FUZZ"] != nil {
    package.targets.append(
        .target(
            name: "FuzzSupport", dependencies: ["Acts", "EngineAPI", "Policy"],
            path: "Fuzz/FuzzSupport", swiftSettings: common))
    let harnesses: [(String, [Target.Dependency])] = [
        ("Wire", ["Wire"]), ("Target", ["Acts", "EngineAPI"]), ("JSON", ["JSON"]),
        ("Bodies", ["Acts", "EngineAPI", "JSON"]), ("Archive", ["Acts", "Archive", "EngineAPI"]),
        ("Dockerfile", ["EngineAPI"]), ("Shell", ["ShellGrammar"]),
    ]
    for (name, rooms) in harnesses {
        package.targets.append(
            .executableTarget(
                name: "\(name.lowercased())-fuzz", dependencies: rooms + ["FuzzSupport"],
                path: "Fuzz/\(name)Fuzz", swiftSettings: common))
    }
}
