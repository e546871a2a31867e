using Microsoft.Win32.SafeHandles;
using RaftAkka.Log;

namespace RaftAkka.Tool.Up;

/// <summary>
/// The files that <c>up</c> makes: readable by their owner alone, and never somebody's file elsewhere that a link in their
/// place leads to.
/// </summary>
internal static class OwnFiles
{
    /// <summary>Opens a file, and creates it where there is none.</summary>
    /// <exception cref="DiskException">It cannot be opened, or is no regular file.</exception>
    public static SafeFileHandle Open(string path, bool truncates = false, bool appends = false)
    {
        using var directory = DirectoryHandle.Open(Path.GetDirectoryName(path)!);
        var flags = LibC.OpenReadWrite | LibC.OpenCreate | LibC.OpenNoFollow
            | (truncates ? LibC.OpenTruncate : 0) | (appends ? LibC.OpenAppend : 0);
        var file = directory.OpenFile("open", Path.GetFileName(path), flags);
        if (LibC.ChangeMode(file, DirectoryHandle.OwnFile) == 0) return file;

        var failure = DiskErrors.Last("chmod", path);
        file.Dispose();
        throw failure;
    }

    /// <summary>Gives a file this content: the old one, or all of the new one.</summary>
    public static void Replace(string path, string text)
    {
        var unfinished = path + ".new";
        using (var stream = new FileStream(Open(unfinished, truncates: true), FileAccess.Write))
        using (var writer = new StreamWriter(stream))
            writer.Write(text);
        File.Move(unfinished, path, overwrite: true);
    }
}
