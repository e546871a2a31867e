using System.Runtime.InteropServices;

namespace RaftAkka.Log;

/// <summary>What the errors of system calls mean for the server, and what helps against each.</summary>
internal static class DiskErrors
{
    public const int NotPermitted = 1;
    public const int NotFound = 2;
    public const int Interrupted = 4;
    public const int NoSuchDevice = 6;
    public const int WouldBlock = 11;
    public const int NoMemory = 12;
    public const int AccessDenied = 13;
    public const int Exists = 17;
    public const int NotDirectory = 20;
    public const int IsDirectory = 21;
    public const int Invalid = 22;
    public const int TooManyFilesInSystem = 23;
    public const int TooManyFiles = 24;
    public const int TooLarge = 27;
    public const int NoSpaceLeft = 28;
    public const int ReadOnly = 30;
    public const int NameTooLong = 36;
    public const int NoSuchCall = 38;
    public const int LinkLoop = 40;
    public const int NotSupported = 95;
    public const int QuotaExceeded = 122;

    private const string CheckDisk = "Check the disk and the kernel's log.";

    /// <summary>The last system call's error.</summary>
    public static DiskException Last(string what, string path) => Of(what, path, Marshal.GetLastPInvokeError());

    /// <summary>The error of a system call, as what it means.</summary>
    /// <param name="what">The call, or what it was to do.</param>
    /// <param name="path">The file or directory.</param>
    /// <param name="error">The errno.</param>
    public static DiskException Of(string what, string path, int error) =>
        new(Text(what, path, error), Failure(error)) { Cure = Cure(error) };

    /// <summary>
    /// The last error, of a sync. It is final whatever the errno says: after a failed sync nobody knows what the
    /// disk holds.
    /// </summary>
    public static DiskException LastOfSync(string what, string path)
    {
        var error = Marshal.GetLastPInvokeError();
        return new DiskException(Text(what, path, error), DiskFailure.Broken) { Cure = CheckDisk };
    }

    /// <summary>Something else stands where a regular file has to be.</summary>
    public static DiskException NotAFile(string what, string path, FileFacts facts) =>
        new($"{what} {path}: it is {facts.Kind}, and a regular file has to be there", DiskFailure.Refused)
        {
            Cure = "Move it away.",
        };

    private static string Text(string what, string path, int error) =>
        $"{what} {path}: {Marshal.GetPInvokeErrorMessage(error)} (errno {error})";

    private static DiskFailure Failure(int error) => error switch
    {
        NoSpaceLeft or QuotaExceeded or TooLarge => DiskFailure.NoSpace,
        TooManyFiles or TooManyFilesInSystem or NoMemory or WouldBlock => DiskFailure.OutOfResources,
        NotFound => DiskFailure.NotFound,
        NotPermitted or AccessDenied or Exists or NotDirectory or IsDirectory or ReadOnly or NameTooLong or LinkLoop
            or NoSuchDevice => DiskFailure.Refused,
        _ => DiskFailure.Broken,
    };

    private static string Cure(int error) => error switch
    {
        NoSpaceLeft => "Make space on the disk.",
        QuotaExceeded => "Raise the quota of the user that runs this program, or make space.",
        TooLarge => "Raise the process's limit of the size of a file (ulimit -f, systemd's LimitFSIZE), or use a file "
            + "system that takes larger files.",
        TooManyFiles => "Raise the process's limit of open files (ulimit -n, systemd's LimitNOFILE).",
        TooManyFilesInSystem => "Raise the system's limit of open files (sysctl fs.file-max).",
        NoMemory => "Give the process or the machine more memory.",
        NotFound => "Check the path, and whether the volume is mounted.",
        NotPermitted or AccessDenied =>
            "Check the owner and mode of the file and of the directories above it: the user that runs this program "
            + "needs to read and write there.",
        Exists => "Move away what has this name.",
        NotDirectory => "A file stands where a directory has to be: correct the path, or move the file away.",
        IsDirectory => "A directory stands where a file has to be: move it away.",
        NoSuchDevice => "It is a socket, a named pipe or a device: move it away.",
        ReadOnly => "Mount the file system for writing; the kernel also makes one read-only after errors of the disk, "
            + "and says so in its log.",
        NameTooLong => "Choose a shorter path.",
        LinkLoop => "A symbolic link stands where a file has to be, or links form a loop: replace the link.",
        _ => CheckDisk,
    };
}
