using RaftAkka.Log;
using RaftAkka.Operations;
using RaftAkka.Protocol;

namespace RaftAkka.Client;

/// <summary>What a backup holds; see <see cref="RaftClient.BackupAsync"/>.</summary>
/// <param name="Server">The server that it came from.</param>
/// <param name="Last">The last entry whose effect is in it.</param>
/// <param name="Bytes">The file's length in bytes.</param>
public sealed record BackupTaken(ServerId Server, EntryId Last, long Bytes);

/// <summary>Somebody wants a backup in a file.</summary>
/// <param name="address">The server's.</param>
/// <param name="open">Opens the file; throws what keeps it from being written.</param>
/// <param name="patience">How long to wait without progress.</param>
/// <param name="stop">Ends it.</param>
internal sealed class BackupCall(
    string address, Func<BackupFile> open, TimeSpan patience, CancellationToken stop) : IFacadeRequest
{
    private readonly TaskCompletionSource<BackupTaken> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Address { get; } = address;

    public TimeSpan Patience { get; } = patience;

    public CancellationToken Stop { get; } = stop;

    public Task<BackupTaken> Outcome => _outcome.Task;

    /// <exception cref="DiskException">The directory cannot be opened.</exception>
    /// <exception cref="OperationRefusedException">There is such a file.</exception>
    public BackupFile OpenFile() => open();

    public void Complete(BackupTaken taken) => _outcome.TrySetResult(taken);

    public void Refuse(string reason) => Fail(reason, null);

    public void Fail(string reason, Exception? cause) =>
        _outcome.TrySetException(new BackupFailedException(reason, cause));

    public void Cancel() => _outcome.TrySetException(
        new CallCanceledException("The backup was canceled; nothing of it is left.", outcomeUnknown: false, Stop));
}
