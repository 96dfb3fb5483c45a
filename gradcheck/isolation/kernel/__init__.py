"""What does the system say of a process: whose time was it, how did it end, and is all of it gone?"""
