using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

// This is the one place that touches files: everything else goes through IDisk.
#pragma warning disable RS0030

namespace RaftAkka.Log;

/// <summary>
/// A directory of a Linux file system. While it is open no other <see cref="FileDisk"/>, in this process or
/// another on this machine, opens the same directory: the lock is on the directory itself, and the kernel
/// drops it when the process ends, however it ends.
/// </summary>
internal sealed class FileDisk : IDisk
{
    private readonly SafeFileHandle _directory;
    private readonly bool _takesAnyName;
    private readonly GradualDeletion _deletion = new();

    private FileDisk(string location, SafeFileHandle directory, bool takesAnyName = false) =>
        (Location, _directory, _takesAnyName) = (location, directory, takesAnyName);

    /// <inheritdoc/>
    public string Location { get; }

    /// <summary>
    /// Opens a directory for this process alone, and creates it, readable by its owner only, if it is
    /// missing.
    /// </summary>
    /// <exception cref="DiskException">It is in use, or cannot be opened.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not a 64-bit Linux.</exception>
    public static FileDisk At(string directory)
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
            throw new PlatformNotSupportedException(
                $"The log cannot be kept on {RuntimeInformation.OSDescription} "
                + $"({RuntimeInformation.ProcessArchitecture}): "
                + "that a write is on the disk is only proven on 64-bit Linux. "
                + "Run the node on Linux, in a container for example.");

        var location = Path.GetFullPath(directory);
        CreateDurably(location);
        var handle = OpenDirectory(location);
        try
        {
            Lock(handle, location);
            return new FileDisk(location, handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Opens the directory of a file, which is a person's: it has to exist, others may use it, and names are any.
    /// </summary>
    public static FileDisk Beside(string file)
    {
        var location = Path.GetDirectoryName(Path.GetFullPath(file))
            ?? throw new ArgumentException($"'{file}' is no file name", nameof(file));
        return new FileDisk(location, OpenDirectory(location), takesAnyName: true);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List() => Try("list", Location, () =>
        Directory.EnumerateFiles(Location)
            .Select(path => Path.GetFileName(path))
            .Order(StringComparer.Ordinal)
            .ToList());

    /// <inheritdoc/>
    public IDiskFile Open(string name) => Open("open", name, FileMode.Open);

    /// <inheritdoc/>
    public IDiskFile Create(string name) => Open("create", name, FileMode.Create);

    /// <inheritdoc/>
    public void Rename(string from, string to)
    {
        var (source, target) = (PathOf(from), PathOf(to));
        Try("rename", source, () => File.Move(source, target, overwrite: true));
    }

    /// <inheritdoc/>
    public bool TryRenameNew(string from, string to)
    {
        // rename(2) would take the place of a file that came into being a moment ago; link(2) does not.
        var (source, target) = (PathOf(from), PathOf(to));
        if (Retried(() => LibC.Link(source, target)) == 0)
        {
            Delete(from);
            return true;
        }

        if (Marshal.GetLastPInvokeError() == LibC.Exists) return false;
        if (File.Exists(target)) return false;
        Rename(from, to);   // This file system has no links.
        return true;
    }

    /// <inheritdoc/>
    public void Delete(string name)
    {
        var path = PathOf(name);
        Try("delete", path, () => File.Delete(path));
    }

    /// <inheritdoc/>
    public void DeleteWithoutHurry(string name)
    {
        var path = PathOf(name);
        Try("delete", path, () =>
        {
            var file = TryOpen(path);
            try
            {
                File.Delete(path);
            }
            finally
            {
                if (file is not null) _deletion.Add(file);   // It keeps its space until it is closed.
            }
        });
    }

    private static SafeFileHandle? TryOpen(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;   // There is none, or no more files can be opened: then its space goes with its name.
        }
    }

    /// <inheritdoc/>
    public void SyncDirectory() => SyncDirectory(_directory, Location);

    /// <inheritdoc/>
    public void Dispose()
    {
        _deletion.Dispose();
        _directory.Dispose();
    }

    private DiskFile Open(string what, string name, FileMode mode)
    {
        var path = PathOf(name);
        return new DiskFile(path, Try(what, path, () =>
            File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.Read)));
    }

    private string PathOf(string name)
    {
        if (_takesAnyName) return Path.Combine(Location, Path.GetFileName(name));
        var valid = name.Length is > 0 and <= 64 && name[0] != '.'
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
        return valid
            ? Path.Combine(Location, name)
            : throw new ArgumentException($"'{name}' is no file name", nameof(name));
    }

    // A new directory's name lies in its parent, which has to be synced, as has every parent that was made
    // with it.
    [SupportedOSPlatform("linux")]
    private static void CreateDurably(string location)
    {
        var parents = new List<string>();
        for (var path = location; !Directory.Exists(path); path = parents[^1])
            parents.Add(Path.GetDirectoryName(path)!);
        if (parents.Count == 0) return;

        Try("create", location, () => Directory.CreateDirectory(
            location, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        foreach (var parent in parents)
        {
            using var handle = OpenDirectory(parent);
            SyncDirectory(handle, parent);
        }
    }

    internal static SafeFileHandle OpenDirectory(string path)
    {
        var descriptor = Retried(() => LibC.Open(path, LibC.OpenReadOnly | LibC.OpenCloseOnExec));
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw Failed("open", path);
    }

    private static void Lock(SafeFileHandle directory, string location)
    {
        if (Retried(() => LibC.FLock(directory, LibC.LockExclusive | LibC.LockNonBlocking)) == 0) return;
        if (Marshal.GetLastPInvokeError() != LibC.WouldBlock) throw Failed("lock", location);
        throw new DiskException(
            $"The directory {location} is in use by another node. Two nodes that write one log would destroy "
            + "it, so this one does not start. Stop the other node, or give each its own directory.",
            DiskFailure.Locked);
    }

    internal static void SyncDirectory(SafeFileHandle directory, string path)
    {
        if (Retried(() => LibC.FSync(directory)) != 0) throw Failed("fsync", path);
    }

    internal static int Retried(Func<int> call)
    {
        int result;
        do result = call();
        while (result < 0 && Marshal.GetLastPInvokeError() == LibC.Interrupted);
        return result;
    }

    internal static DiskException Failed(string what, string path, bool mayLackSpace = false)
    {
        var error = Marshal.GetLastPInvokeError();
        return Failed(what, path, $"{Marshal.GetPInvokeErrorMessage(error)} (errno {error})",
            mayLackSpace && error is LibC.NoSpaceLeft or LibC.QuotaExceeded);
    }

    internal static void Try(string what, string path, Action action) => Try(what, path, () =>
    {
        action();
        return true;
    });

    internal static T Try<T>(string what, string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException and not DiskException or UnauthorizedAccessException)
        {
            // On Unix an IOException carries the errno as its HResult.
            throw Failed(what, path, e.Message, e.HResult is LibC.NoSpaceLeft or LibC.QuotaExceeded, e);
        }
    }

    internal static DiskException Failed(
        string what, string path, string why, bool noSpace, Exception? inner = null) =>
        new($"{what} {path}: {why}", noSpace ? DiskFailure.NoSpace : DiskFailure.Broken, inner);

    private sealed class DiskFile(string path, SafeFileHandle handle) : IDiskFile
    {
        private static readonly byte[] Zeros = new byte[64 * 1024];

        public long Length => Try("measure", path, () => RandomAccess.GetLength(handle));

        public void Allocate(long length)
        {
            var current = Length;
            if (length <= current) return;
            if (Retried(() => LibC.FAllocate(handle, 0, 0, length)) == 0) return;
            if (Marshal.GetLastPInvokeError() is not (LibC.NotSupported or LibC.NoSuchCall))
                throw Failed("allocate", path, mayLackSpace: true);

            // This file system reserves nothing ahead; written zeros take the space as well.
            for (var offset = current; offset < length; offset += Zeros.Length)
                Write(offset, Zeros.AsSpan(0, (int)Math.Min(Zeros.Length, length - offset)));
        }

        public int Read(long offset, Span<byte> buffer)
        {
            try
            {
                var total = 0;
                while (total < buffer.Length)
                {
                    var count = RandomAccess.Read(handle, buffer[total..], offset + total);
                    if (count == 0) break;
                    total += count;
                }

                return total;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw FileDisk.Failed(
                    $"read {buffer.Length} bytes at byte {offset} of", path, e.Message, false, e);
            }
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            try
            {
                RandomAccess.Write(handle, bytes, offset);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw FileDisk.Failed($"write {bytes.Length} bytes at byte {offset} of", path, e.Message,
                    e.HResult is LibC.NoSpaceLeft or LibC.QuotaExceeded, e);
            }
        }

        public void Sync()
        {
            // Never "no space" here, whatever the errno: after a failed sync nobody knows what the disk
            // holds.
            if (Retried(() => LibC.FDataSync(handle)) != 0) throw FileDisk.Failed("fdatasync", path);
        }

        public void Dispose() => handle.Dispose();
    }
}
