package import Acts
import NIOCore
import Wire

/// Brings an image to the engine from its registry.
package enum ImagePull {
    /// Pulls an image.
    ///
    /// - Parameters:
    ///   - pool: Whose connections are used.
    ///   - name: What is pulled.
    ///   - credentials: What the engine tells the registry (`X-Registry-Auth`); nil for none.
    ///   - completion: Called once, on the pool's loop, with what failed. An answer that tells of an
    ///     error is none: whether the image is there is asked for afterwards.
    package static func start(
        _ pool: EnginePool, _ name: ImageReference, credentials: String?,
        _ completion: @escaping (EngineFailure?) -> Void
    ) {
        // Host, path, tag and digest are of characters that a query takes as they are, but for ':'.
        let repository = "\(name.host)/\(name.path)"
        let version = name.digest ?? name.tag ?? "latest"
        let target =
            "/images/create?fromImage=\(escaped(repository))&tag=\(escaped(version))"
        EngineCall.make(
            pool, .post, target, fields: credentials.map { [(.registryAuth, $0)] } ?? [],
            limit: 64 << 20, timeout: .minutes(30)
        ) { result in
            switch result {
            case .success: completion(nil)
            case .failure(let failure): completion(failure)
            }
        }
    }

    private static func escaped(_ text: String) -> String {
        text.split(separator: ":", omittingEmptySubsequences: false).joined(separator: "%3A")
    }
}
