#!/usr/bin/perl
# qmail-smtpd from where it has the whole message on: what qmail_open, qmail_put, qmail_from, qmail_to and qmail_close of notqmail's
# qmail.c do and say, with the pipe on 6 and the status 82 for a caller who wants to know why. The message is stdin, the words are
# sender and recipients, QMAILQUEUE names the program. Prints the reply to the client.
use strict;
use warnings;
use POSIX ();

# A child has what it does not close, as in C.
$^F = 255;
$SIG{PIPE} = 'IGNORE';

# What is /var/qmail elsewhere.
my ($qmail) = $0 =~ m{^(.*)/bin/};
my ($sender, @recipients) = @ARGV;
my ($child, $message, $envelope, $why) = start();
my $failed = 0;
while (sysread STDIN, my $some, 65536) {
    put($message, $some);
}
close $message;
put($envelope, join '', "F$sender\0", map({ "T$_\0" } @recipients), "\0");
close $envelope;
waitpid $child, 0;
print reply(outcome($?)), "\n";

sub start {
    pipe my $message, my $to_message or die "pipe: $!";
    pipe my $envelope, my $to_envelope or die "pipe: $!";
    pipe my $why, my $to_why or die "pipe: $!";
    my $child = fork // die "fork: $!";
    if (!$child) {
        close $_ for $to_message, $to_envelope, $why;
        move($message, 0);
        move($envelope, 1);
        move($to_why, 6);
        # perl ignores SIGFPE, qmail-smtpd does not.
        $SIG{FPE} = 'DEFAULT';
        chdir $qmail or POSIX::_exit(61);
        exec {$ENV{QMAILQUEUE}} $ENV{QMAILQUEUE} or POSIX::_exit(120);
    }
    close $_ for $message, $envelope, $to_why;
    return ($child, $to_message, $to_envelope, $why);
}

sub move {
    my ($file, $number) = @_;
    return if fileno $file == $number;
    POSIX::dup2(fileno $file, $number) // POSIX::_exit(120);
    POSIX::close(fileno $file);
}

# What nobody reads is a failure, also where the program then says that all is well.
sub put {
    my ($file, $text) = @_;
    while (!$failed && length $text) {
        my $written = syswrite $file, $text;
        $failed = 1 if !defined $written;
        $text = substr $text, $written // 0;
    }
}

sub outcome {
    my ($status) = @_;
    return 'Zqq crashed (#4.3.0)' if $status & 127;
    my $code = $status >> 8;
    return '' if $code == 0 && !$failed;
    sysread $why, my $reason, 255;
    return $reason if $code == 82 && length $reason > 2;
    return said($code) // ($code >= 11 && $code <= 40 ? 'Dqq permanent problem (#5.3.0)' : 'Zqq temporary problem (#4.3.0)');
}

sub said {
    my ($code) = @_;
    my $files = 'Zqq trouble creating files in queue (#4.3.0)';
    my $address = 'Denvelope address too long for qq (#5.1.3)';
    my %said = (
        0 => 'Zqq read error (#4.3.0)', 11 => $address, 115 => $address,
        31 => 'Dmail server permanently rejected message (#5.3.0)',
        51 => 'Zqq out of memory (#4.3.0)', 52 => 'Zqq timeout (#4.3.0)',
        53 => 'Zqq write error or disk full (#4.3.0)', 54 => 'Zqq read error (#4.3.0)',
        55 => 'Zqq unable to read configuration (#4.3.0)', 56 => 'Zqq trouble making network connection (#4.3.0)',
        61 => 'Zqq trouble in home directory (#4.3.0)', map({ $_ => $files } 62 .. 66),
        71 => 'Zmail server temporarily rejected message (#4.3.0)',
        72 => 'Zconnection to mail server timed out (#4.4.1)', 73 => 'Zconnection to mail server rejected (#4.4.1)',
        74 => 'Zcommunication with mail server failed (#4.4.2)',
        81 => 'Zqq internal bug (#4.3.0)', 91 => 'Zqq internal bug (#4.3.0)', 120 => 'Zunable to exec qq (#4.3.0)',
    );
    return $said{$code};
}

sub reply {
    my ($outcome) = @_;
    return '250 ok' if $outcome eq '';
    return ($outcome =~ /^D/ ? '554 ' : '451 ') . substr $outcome, 1;
}
