using Microsoft.Win32.SafeHandles;

// A part of FileDisk, on a thread of its own that nobody waits for.
#pragma warning disable RS0030

namespace RaftAkka.Log;

/// <summary>
/// Gives back the space of files that have no name any more, a piece at a time. To let go of 64 MiB at once keeps the
/// kernel busy for 40 ms or more, and where the file system tells the disk what is free, every sync of every file waits
/// meanwhile: at half load a write in a hundred took 140 ms, since each snapshot lets go of four segments.
/// </summary>
internal sealed class GradualDeletion : IDisposable
{
    private const long PieceBytes = 4 * 1024 * 1024;

    // Where more wait than that, files come faster than they go: then the disk must not fill up.
    private const int WaitingMax = 8;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(40);

    // The gate, too.
    private readonly Queue<SafeFileHandle> _files = new();
    private Thread? _thread;
    private bool _isOver;

    /// <summary>Takes a file, open for writing, whose name is gone; closes it when its space is free.</summary>
    public void Add(SafeFileHandle file)
    {
        lock (_files)
        {
            _files.Enqueue(file);
            if (_thread is not null) return;
            _thread = new Thread(Run) { Name = "raft.deletion", IsBackground = true };
            _thread.UnsafeStart();
        }
    }

    /// <summary>Gives back what is left, at once.</summary>
    public void Dispose()
    {
        Thread? thread;
        lock (_files)
        {
            _isOver = true;
            Monitor.PulseAll(_files);
            thread = _thread;
        }

        thread?.Join();
    }

    private void Run()
    {
        while (Next() is { } file)
        {
            Shrink(file);
            file.Dispose();
        }
    }

    private SafeFileHandle? Next()
    {
        lock (_files)
        {
            if (_files.TryDequeue(out var file)) return file;
            _thread = null;
            return null;
        }
    }

    private void Shrink(SafeFileHandle file)
    {
        try
        {
            if (HasAnotherName(file)) return;   // Somebody's copy, made by hard links.
            for (var length = RandomAccess.GetLength(file); length > PieceBytes; length -= PieceBytes)
            {
                RandomAccess.SetLength(file, length - PieceBytes);
                if (!HasTime()) return;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then all goes when it is closed.
        }
    }

    private static bool HasAnotherName(SafeFileHandle file) => FileFacts.Of(file) is not { Links: 0 };

    private bool HasTime()
    {
        lock (_files)
        {
            if (!_isOver && _files.Count <= WaitingMax) Monitor.Wait(_files, Pause);
            return !_isOver && _files.Count <= WaitingMax;
        }
    }
}
