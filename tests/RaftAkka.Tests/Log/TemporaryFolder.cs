namespace RaftAkka.Tests.Log;

/// <summary>A new folder that goes with its test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("raftakka-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
