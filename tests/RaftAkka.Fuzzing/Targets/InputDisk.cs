using RaftAkka.Log;

namespace RaftAkka.Fuzzing.Targets;

/// <summary>A directory in memory whose files are a fuzzer's input. Nothing fails but what the input makes fail.</summary>
internal sealed class InputDisk : IDisk
{
    private readonly SortedDictionary<string, InputFile> _files = new(StringComparer.Ordinal);

    public string Location => "/input";

    public void Add(string name, byte[] bytes) => _files[name] = new InputFile(bytes);

    public IReadOnlyList<string> List() => [.. _files.Keys];

    public IDiskFile Open(string name) => _files.TryGetValue(name, out var file)
        ? file
        : throw new DiskException($"open {Location}/{name}: no such file", DiskFailure.Broken);

    public IDiskFile Create(string name) => _files[name] = new InputFile([]);

    public void Rename(string from, string to)
    {
        _files[to] = _files[from];
        _files.Remove(from);
    }

    public void Delete(string name) => _files.Remove(name);

    public void SyncDirectory()
    {
    }

    public void Dispose()
    {
    }

    private sealed class InputFile(byte[] bytes) : IDiskFile
    {
        private byte[] _bytes = bytes;

        public long Length => _bytes.Length;

        public void Allocate(long length) => Array.Resize(ref _bytes, (int)length);

        public int Read(long offset, Span<byte> buffer)
        {
            if (offset >= _bytes.Length) return 0;

            var count = (int)Math.Min(buffer.Length, _bytes.Length - offset);
            _bytes.AsSpan((int)offset, count).CopyTo(buffer);
            return count;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            if (offset + bytes.Length > _bytes.Length) Allocate(offset + bytes.Length);
            bytes.CopyTo(_bytes.AsSpan((int)offset));
        }

        public void Sync()
        {
        }

        public void Dispose()
        {
        }
    }
}
