import Acts
import Foundation
import Gateway
import Identity
import Ledger

/// Issues one identity's certificate and notes it where the gateway looks.
struct CertificateIssue {
    let authority: CertificateAuthority
    let state: URL

    /// Makes key and certificate, notes the certificate, and writes the folder that
    /// `DOCKER_CERT_PATH` expects.
    ///
    /// - Parameters:
    ///   - name: The identity.
    ///   - alternatives: What else the certificate says of its holder.
    ///   - lifetime: In seconds.
    ///   - folder: Where `ca.pem`, `cert.pem` and `key.pem` go; none of them may exist.
    ///   - now: The time.
    /// - Returns: The certificate's entry.
    /// - Throws: When a file exists, or something cannot be written.
    func run(
        _ name: String, alternatives: [CertificateName] = [], lifetime: TimeInterval,
        into folder: URL, now: Date
    ) throws -> IssuedCertificate {
        let folder = CertificateFolder(folder)
        try folder.refuseToOverwrite()
        let pair = try authority.identity(
            name, alternatives: alternatives, lifetime: lifetime, now: now)
        let issued = IssuedCertificate(
            try PeerCertificate(pair.certificate), to: name, issuedAt: now)
        // Noted before it exists as a file: what is out there is always known.
        try note(issued)
        try folder.write(pair, of: authority)
        return issued
    }

    private func note(_ issued: IssuedCertificate) throws {
        if try ControlClient.send(ControlClient.issue(issued), state: state) != nil { return }
        try StateDirectory.withLock(state) { registry, ledger in
            // Said before it is known: what cannot be recorded is not done.
            try ledger.appendAndWait(
                Entry.event(
                    ledger.ids, "CertificateIssued", identity: "unix:\(geteuid())",
                    reason: issued.issueSentence))
            try registry.issue(issued)
        }
    }
}

/// The state directory, while no gateway runs on it.
enum StateDirectory {
    /// The registry's file.
    static let registry = "certificates.jsonl"
    /// The record's folder.
    static let ledger = "ledger"
    /// Up to where the engine's events were heard.
    static let events = "events.json"

    /// Takes the lock that a gateway holds while it runs.
    ///
    /// - Returns: The open lock file; closing it gives the lock back.
    /// - Throws: `CommandError` when somebody else has it.
    static func lock(_ state: URL) throws -> FileHandle {
        let file = state.appendingPathComponent("lock")
        let descriptor = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CommandError(
                "cannot open \(file.path): \(String(cString: strerror(errno)))",
                hint: "`quaymaster init DIR` makes the state directory")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw CommandError(
                "another quaymaster uses \(state.path)", hint: "stop it, or ask it")
        }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// Changes registry and record under the lock.
    static func withLock(
        _ state: URL, _ body: (inout CertificateRegistry, Ledger) throws -> Void
    ) throws {
        let lock = try lock(state)
        defer { lock.closeFile() }
        var registry = try CertificateRegistry(file: state.appendingPathComponent(registry))
        let ledger = try Ledger(directory: state.appendingPathComponent(ledger))
        defer { ledger.close() }
        try body(&registry, ledger)
    }
}
