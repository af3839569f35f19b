import Foundation
import Testing

@testable import Confinement

@Suite struct ImageLayersTests {
    /// A writable layer that holds these paths; a path that ends in `/` is a folder.
    private func layers(_ paths: [String], _ body: (ImageLayers) throws -> Void) throws {
        let upper = FileManager.default.temporaryDirectory
            .appendingPathComponent("layers-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: upper, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: upper) }
        for path in paths {
            let url = upper.appendingPathComponent(path)
            let folder = path.hasSuffix("/") ? url : url.deletingLastPathComponent()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            if !path.hasSuffix("/") { try Data("x".utf8).write(to: url) }
        }
        try body(try ImageLayers(upper: upper.path))
    }

    @Test(arguments: [
        ([], true), (["usr/bin/"], true), (["usr/bin/other"], true), (["tmp/usr/bin/nginx"], true),
        (["usr/bin/nginx"], false), (["usr/bin/nginx/"], false), (["usr"], false), (["usr/bin"], false),
    ])
    func aFileIsTheImagesWhenItsNameIsNotWritten(paths: [String], isImages: Bool) throws {
        try layers(paths) { #expect(($0.change(at: "/usr/bin/nginx") == nil) == isImages) }
    }

    @Test(arguments: [
        ([], true), (["usr/lib/python3/x.pyc"], true), (["var/lib/libc.so.6"], true),
        (["usr/lib/x86_64-linux-gnu/libc.so.6"], false), (["lib/ld-musl-x86_64.so.1"], false),
        (["lib64"], false), (["etc/ld.so.preload"], false), (["etc/ld.so.cache"], false),
    ])
    func librariesAreTheImages(paths: [String], isImages: Bool) throws {
        try layers(paths) { #expect(($0.libraryChange() == nil) == isImages) }
    }

    @Test func whatIsNoOverlayIsRefused() {
        #expect(throws: Refusal.self) { try ImageLayers(MountTable("1 1 8:1 / / rw - ext4 /dev/sda rw")) }
        #expect(throws: Refusal.self) { try ImageLayers(upper: "/nowhere/at/all") }
        #expect(throws: Refusal.self) { try ImageLayers(upper: "tmp") }
    }
}
